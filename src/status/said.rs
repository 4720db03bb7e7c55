//! What the page says by itself of maintenance that changes: written down with the change, in the page's own language.

use super::maintenance::Said;

/// English, where the page's language is none of these.
const EN: Said = Said {
    begun: "The scheduled maintenance has begun.",
    extended: "The maintenance takes longer than planned.",
    completed: "The scheduled maintenance is over.",
    cancelled: "The scheduled maintenance was cancelled.",
};

const DE: Said = Said {
    begun: "Die geplante Wartung hat begonnen.",
    extended: "Die Wartung dauert länger als geplant.",
    completed: "Die geplante Wartung ist beendet.",
    cancelled: "Die geplante Wartung wurde abgesagt.",
};

const FR: Said = Said {
    begun: "La maintenance planifiée a commencé.",
    extended: "La maintenance dure plus longtemps que prévu.",
    completed: "La maintenance planifiée est terminée.",
    cancelled: "La maintenance planifiée a été annulée.",
};

const ES: Said = Said {
    begun: "El mantenimiento programado ha comenzado.",
    extended: "El mantenimiento durará más de lo previsto.",
    completed: "El mantenimiento programado ha terminado.",
    cancelled: "El mantenimiento programado se ha cancelado.",
};

const JA: Said = Said {
    begun: "予定されていたメンテナンスを開始しました。",
    extended: "メンテナンスは予定より長くかかります。",
    completed: "予定されていたメンテナンスは終了しました。",
    cancelled: "予定されていたメンテナンスは中止になりました。",
};

impl Said {
    /// In this language.
    #[must_use]
    pub fn of(language: &str) -> Self {
        match language {
            "de" => DE,
            "fr" => FR,
            "es" => ES,
            "ja" => JA,
            _ => EN,
        }
    }
}
