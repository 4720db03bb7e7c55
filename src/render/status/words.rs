//! The page's own words, in every language that it has. What people wrote stays as they wrote it.

use serde::Serialize;

use crate::status::{ComponentStatus, Post, PostStatus};

/// One language.
#[derive(Debug, Serialize)]
pub struct Words {
    /// Its code: `en`.
    pub code: &'static str,
    /// What its readers call it.
    pub name: &'static str,
    /// `Status of {name}`: what stands before the name.
    pub status_of: &'static str,
    /// All is well.
    pub all_well: &'static str,
    /// As hosted pages say it, by the worst component.
    pub maintenance: &'static str,
    /// Slow or wrong now and then.
    pub degraded: &'static str,
    /// Some of it does not work.
    pub partial: &'static str,
    /// It does not work.
    pub major: &'static str,
    /// Heads a list.
    pub current: &'static str,
    /// Heads a list.
    pub components: &'static str,
    /// Heads a list.
    pub upcoming: &'static str,
    /// Heads a list.
    pub past: &'static str,
    /// Where there is nothing to list.
    pub nothing: &'static str,
    /// Leads to what was before.
    pub history: &'static str,
    /// Leads back.
    pub back: &'static str,
    /// `{} % of the last 90 days`.
    pub uptime: &'static str,
    /// Before the bars for who cannot see them.
    pub days: &'static str,
    /// The first bar.
    pub ninety_days_ago: &'static str,
    /// The last one.
    pub today: &'static str,
    /// Before a time.
    pub began: &'static str,
    /// Before a time.
    pub ended: &'static str,
    /// Before a time.
    pub more_by: &'static str,
    /// Before a time.
    pub corrected: &'static str,
    /// Before a time.
    pub as_of: &'static str,
    /// Before the names of components.
    pub affected: &'static str,
    /// Leads to who helps.
    pub help: &'static str,
    /// Leads to the form for subscribers.
    pub subscribe: &'static str,
    /// Names the links to other languages.
    pub languages: &'static str,
    /// How maintenance stands that was not, or not to its end.
    pub cancelled: &'static str,
    /// Below a list of many components.
    pub unmarked: &'static str,
    /// Heads the components of no group, where groups are listed.
    pub other: &'static str,
    /// Where there is no such page.
    pub missing: &'static str,
    /// Where words were removed.
    pub removed: &'static str,
    /// How components stand, as [`ComponentStatus::ALL`] has them.
    pub standings: [&'static str; 5],
    /// How posts stand, in the order of [`PostStatus`].
    pub phases: [&'static str; 8],
}

impl Words {
    /// The language of this code, where the page has it.
    #[must_use]
    pub fn of(code: &str) -> Option<&'static Self> {
        ALL.into_iter().find(|words| words.code.eq_ignore_ascii_case(code))
    }

    /// The language that whoever sent this `Accept-Language` likes best of those that the page has.
    #[must_use]
    pub fn liked(accept: &str) -> Option<&'static Self> {
        let mut liked: Vec<(f32, &'static Self)> = Vec::new();
        for part in accept.split(',').take(20) {
            let (range, quality) = part.split_once(';').unwrap_or((part, "q=1"));
            let quality: f32 = quality.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0);
            let primary = range.trim().split('-').next().unwrap_or_default();
            liked.extend(Self::of(primary).filter(|_| quality > 0.0).map(|words| (quality, words)));
        }
        // The first of those that are liked the same.
        liked.into_iter().rev().max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, words)| words)
    }

    /// How a component stands.
    #[must_use]
    pub const fn standing(&self, status: ComponentStatus) -> &'static str {
        self.standings[status as usize]
    }

    /// How a post stands.
    #[must_use]
    pub const fn phase(&self, status: PostStatus) -> &'static str {
        self.phases[status as usize]
    }

    /// How a post stands, or stood when this was said of it.
    #[must_use]
    pub fn stands(&self, post: &Post, then: PostStatus) -> &'static str {
        if post.cancelled && then.is_over() { self.cancelled } else { self.phase(then) }
    }

    /// The page in a sentence.
    #[must_use]
    pub const fn overall(&self, worst: ComponentStatus) -> &'static str {
        match worst {
            ComponentStatus::Operational => self.all_well,
            ComponentStatus::UnderMaintenance => self.maintenance,
            ComponentStatus::DegradedPerformance => self.degraded,
            ComponentStatus::PartialOutage => self.partial,
            ComponentStatus::MajorOutage => self.major,
        }
    }
}

/// Every language.
pub static ALL: [&Words; 5] = [&EN, &DE, &FR, &ES, &JA];

static EN: Words = Words {
    code: "en",
    name: "English",
    status_of: "Status of",
    all_well: "All systems operational",
    maintenance: "Maintenance under way",
    degraded: "Some systems are slow or unreliable",
    partial: "Partial outage",
    major: "Major outage",
    current: "Current incidents",
    components: "Components",
    upcoming: "Scheduled maintenance",
    past: "Past incidents",
    nothing: "No incidents.",
    history: "History",
    back: "Back to the overview",
    uptime: "% uptime in 90 days",
    days: "Days with trouble in the last 90",
    ninety_days_ago: "90 days ago",
    today: "Today",
    began: "Began",
    ended: "Ended",
    more_by: "Next update by",
    corrected: "corrected",
    as_of: "As of",
    affected: "Affected:",
    help: "Get help",
    subscribe: "Subscribe to updates",
    languages: "Languages",
    cancelled: "Cancelled",
    unmarked: "Components without a mark are operational.",
    other: "Other components",
    missing: "There is nothing at this address, or not any more.",
    removed: "[removed]",
    standings: ["Operational", "Under maintenance", "Degraded performance", "Partial outage", "Major outage"],
    phases: [
        "Investigating",
        "Identified",
        "Monitoring",
        "Resolved",
        "Scheduled",
        "In progress",
        "Verifying",
        "Completed",
    ],
};

static DE: Words = Words {
    code: "de",
    name: "Deutsch",
    status_of: "Status von",
    all_well: "Alle Systeme funktionieren",
    maintenance: "Wartung läuft",
    degraded: "Einige Systeme sind langsam oder unzuverlässig",
    partial: "Teilweiser Ausfall",
    major: "Schwerer Ausfall",
    current: "Aktuelle Störungen",
    components: "Komponenten",
    upcoming: "Geplante Wartung",
    past: "Vergangene Störungen",
    nothing: "Keine Störungen.",
    history: "Verlauf",
    back: "Zurück zur Übersicht",
    uptime: "% verfügbar in 90 Tagen",
    days: "Tage mit Störungen in den letzten 90",
    ninety_days_ago: "Vor 90 Tagen",
    today: "Heute",
    began: "Beginn",
    ended: "Ende",
    more_by: "Nächste Meldung bis",
    corrected: "berichtigt",
    as_of: "Stand",
    affected: "Betroffen:",
    help: "Hilfe",
    subscribe: "Meldungen abonnieren",
    languages: "Sprachen",
    cancelled: "Abgesagt",
    unmarked: "Komponenten ohne Vermerk funktionieren.",
    other: "Weitere Komponenten",
    missing: "Unter dieser Adresse gibt es nichts, oder nichts mehr.",
    removed: "[entfernt]",
    standings: ["In Betrieb", "In Wartung", "Beeinträchtigt", "Teilweiser Ausfall", "Schwerer Ausfall"],
    phases: [
        "Wird untersucht",
        "Ursache gefunden",
        "Unter Beobachtung",
        "Behoben",
        "Geplant",
        "Läuft",
        "Wird geprüft",
        "Abgeschlossen",
    ],
};

static FR: Words = Words {
    code: "fr",
    name: "Français",
    status_of: "État de",
    all_well: "Tous les systèmes fonctionnent",
    maintenance: "Maintenance en cours",
    degraded: "Certains systèmes sont lents ou instables",
    partial: "Panne partielle",
    major: "Panne majeure",
    current: "Incidents en cours",
    components: "Composants",
    upcoming: "Maintenance planifiée",
    past: "Incidents passés",
    nothing: "Aucun incident.",
    history: "Historique",
    back: "Retour à l’aperçu",
    uptime: "% de disponibilité sur 90 jours",
    days: "Jours avec incident sur les 90 derniers",
    ninety_days_ago: "Il y a 90 jours",
    today: "Aujourd’hui",
    began: "Début",
    ended: "Fin",
    more_by: "Prochaine mise à jour avant",
    corrected: "corrigé",
    as_of: "État au",
    affected: "Concernés :",
    help: "Aide",
    subscribe: "S’abonner aux mises à jour",
    languages: "Langues",
    cancelled: "Annulée",
    unmarked: "Les composants sans mention fonctionnent.",
    other: "Autres composants",
    missing: "Il n’y a rien à cette adresse, ou plus rien.",
    removed: "[supprimé]",
    standings: ["Opérationnel", "En maintenance", "Performances dégradées", "Panne partielle", "Panne majeure"],
    phases: [
        "Analyse en cours",
        "Cause identifiée",
        "Sous surveillance",
        "Résolu",
        "Planifiée",
        "En cours",
        "En vérification",
        "Terminée",
    ],
};

static ES: Words = Words {
    code: "es",
    name: "Español",
    status_of: "Estado de",
    all_well: "Todos los sistemas funcionan",
    maintenance: "Mantenimiento en curso",
    degraded: "Algunos sistemas van lentos o fallan a veces",
    partial: "Interrupción parcial",
    major: "Interrupción grave",
    current: "Incidencias actuales",
    components: "Componentes",
    upcoming: "Mantenimiento programado",
    past: "Incidencias anteriores",
    nothing: "Ninguna incidencia.",
    history: "Historial",
    back: "Volver al resumen",
    uptime: "% de disponibilidad en 90 días",
    days: "Días con incidencias en los últimos 90",
    ninety_days_ago: "Hace 90 días",
    today: "Hoy",
    began: "Inicio",
    ended: "Fin",
    more_by: "Próxima actualización antes de",
    corrected: "corregido",
    as_of: "A fecha de",
    affected: "Afectados:",
    help: "Ayuda",
    subscribe: "Suscribirse a las actualizaciones",
    languages: "Idiomas",
    cancelled: "Cancelado",
    unmarked: "Los componentes sin marca funcionan.",
    other: "Otros componentes",
    missing: "No hay nada en esta dirección, o ya no.",
    removed: "[eliminado]",
    standings: ["Operativo", "En mantenimiento", "Rendimiento degradado", "Interrupción parcial", "Interrupción grave"],
    phases: [
        "En investigación",
        "Causa identificada",
        "En observación",
        "Resuelta",
        "Programado",
        "En curso",
        "En verificación",
        "Finalizado",
    ],
};

static JA: Words = Words {
    code: "ja",
    name: "日本語",
    status_of: "稼働状況:",
    all_well: "すべて正常に稼働しています",
    maintenance: "メンテナンス中です",
    degraded: "一部のシステムが遅い、または不安定です",
    partial: "一部で障害が発生しています",
    major: "重大な障害が発生しています",
    current: "発生中の障害",
    components: "コンポーネント",
    upcoming: "メンテナンス予定",
    past: "過去の障害",
    nothing: "障害はありません。",
    history: "履歴",
    back: "概要に戻る",
    uptime: "% 稼働率(90日間)",
    days: "直近90日で問題があった日",
    ninety_days_ago: "90日前",
    today: "今日",
    began: "開始",
    ended: "終了",
    more_by: "次回更新予定",
    corrected: "訂正",
    as_of: "時点:",
    affected: "影響範囲:",
    help: "ヘルプ",
    subscribe: "更新を購読する",
    languages: "言語",
    cancelled: "中止",
    unmarked: "表示のないコンポーネントは正常です。",
    other: "その他のコンポーネント",
    missing: "このアドレスには何もありません。",
    removed: "[削除済み]",
    standings: ["正常", "メンテナンス中", "性能低下", "一部障害", "重大な障害"],
    phases: ["調査中", "原因特定", "監視中", "解決済み", "予定", "実施中", "確認中", "完了"],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_language_that_they_like_best_of_those_that_there_are() {
        let liked = |accept: &str| Words::liked(accept).map(|words| words.code);
        assert_eq!(liked("de-AT,de;q=0.9,en;q=0.8"), Some("de"));
        assert_eq!(liked("pt-BR, fr;q=0.5, es;q=0.7"), Some("es"));
        assert_eq!(liked("fr, de"), Some("fr"), "the first of those that are liked the same");
        assert_eq!(liked("en;q=0, ja;q=0.1"), Some("ja"));
        assert_eq!((liked("pt"), liked(""), liked(";;,q=x")), (None, None, None));
    }

    #[test]
    fn every_language_of_the_settings_has_words() {
        assert_eq!(ALL.map(|words| words.code), crate::config::LANGUAGES);
    }
}
