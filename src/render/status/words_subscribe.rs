//! The words of the pages and mails for subscribers, in every language that the page has.

use serde::Serialize;

use super::words::Words;

/// One language.
#[derive(Debug, Serialize)]
pub struct SubscribeWords {
    /// Labels a field.
    pub mail: &'static str,
    /// Heads the components.
    pub which: &'static str,
    /// What it means to choose none.
    pub all: &'static str,
    /// Opens the field for a program.
    pub program: &'static str,
    /// Labels that field.
    pub url: &'static str,
    /// What is told there, and to whom mails go then.
    pub url_hint: &'static str,
    /// A button.
    pub subscribe: &'static str,
    /// What happens next, and what does not.
    pub hint: &'static str,
    /// Heads what is shown after it.
    pub sent_title: &'static str,
    /// The same, whoever asks for whatever address.
    pub sent: &'static str,
    /// No mail address.
    pub bad_mail: &'static str,
    /// No address of a program.
    pub bad_url: &'static str,
    /// Too much from one place.
    pub too_many: &'static str,
    /// Cannot be carried out just now.
    pub not_now: &'static str,
    /// Heads a subscription.
    pub title: &'static str,
    /// A button, and heads the page behind the first mail.
    pub confirm: &'static str,
    /// What it is for.
    pub confirm_hint: &'static str,
    /// A button.
    pub save: &'static str,
    /// A button.
    pub leave: &'static str,
    /// It is confirmed, or saved.
    pub saved: &'static str,
    /// It is over.
    pub left: &'static str,
    /// There is no such subscription.
    pub gone: &'static str,
    /// Before the secret of a program.
    pub secret: &'static str,
    /// It was stopped, and how it goes on.
    pub stopped: &'static str,
    /// In a mail: somebody asked for it.
    pub mail_confirm: &'static str,
    /// In a mail: there is one already.
    pub mail_known: &'static str,
    /// In a mail: why a program is told nothing any more.
    pub mail_stopped: &'static str,
    /// Leads to what was posted.
    pub read_on: &'static str,
    /// Leads to the subscription.
    pub change: &'static str,
    /// Before a text that corrects what was mailed.
    pub correction: &'static str,
    /// Before maintenance that begins soon.
    pub reminder: &'static str,
}

impl SubscribeWords {
    /// In the language of these.
    #[must_use]
    pub fn of(words: &Words) -> &'static Self {
        match words.code {
            "de" => &DE,
            "fr" => &FR,
            "es" => &ES,
            "ja" => &JA,
            _ => &EN,
        }
    }
}

static EN: SubscribeWords = SubscribeWords {
    mail: "E-mail address",
    which: "Components",
    all: "Choose none to hear of all of them.",
    program: "Tell a program instead (webhook)",
    url: "Address of the program, https://…",
    url_hint: "It gets each update as JSON, signed as Standard Webhooks has it. Mails about the subscription go to the address above.",
    subscribe: "Subscribe",
    hint: "You get a mail with a link that confirms it. Without that nothing is sent, and your address is forgotten after a day. Each mail has a link that ends the subscription.",
    sent_title: "Look into your mailbox",
    sent: "If this address can be subscribed, a mail is on its way to it. Follow the link in it within 24 hours.",
    bad_mail: "This is no mail address.",
    bad_url: "This is no https address of a program that can be reached from here.",
    too_many: "Too many requests came from your network. Try again in a while.",
    not_now: "This could not be carried out just now. Try again in a while.",
    title: "Your subscription",
    confirm: "Confirm the subscription",
    confirm_hint: "Press the button, and you will be told of updates.",
    save: "Save",
    leave: "Unsubscribe",
    saved: "You are subscribed.",
    left: "The subscription has ended, and your address is forgotten.",
    gone: "There is no such subscription: it has ended, or was not confirmed in time.",
    secret: "Secret that what is sent is signed with:",
    stopped: "Your program did not answer for a day and is told nothing any more. Save to go on.",
    mail_confirm: "Somebody, probably you, asked for updates at this address. Confirm that here within 24 hours:",
    mail_known: "You are subscribed already. Change or end it here:",
    mail_stopped: "Your program did not answer for a day and is told nothing any more. Once it works, go on here:",
    read_on: "Read on",
    change: "Change or end the subscription",
    correction: "Correction",
    reminder: "Reminder: this begins soon",
};

static DE: SubscribeWords = SubscribeWords {
    mail: "E-Mail-Adresse",
    which: "Komponenten",
    all: "Wählen Sie keine, um von allen zu erfahren.",
    program: "Stattdessen ein Programm benachrichtigen (Webhook)",
    url: "Adresse des Programms, https://…",
    url_hint: "Es erhält jede Meldung als JSON, signiert nach Standard Webhooks. E-Mails zum Abonnement gehen an die Adresse oben.",
    subscribe: "Abonnieren",
    hint: "Sie erhalten eine E-Mail mit einem Link zur Bestätigung. Ohne sie wird nichts gesendet, und Ihre Adresse ist nach einem Tag vergessen. Jede E-Mail hat einen Link, der das Abonnement beendet.",
    sent_title: "Sehen Sie in Ihr Postfach",
    sent: "Wenn diese Adresse abonniert werden kann, ist eine E-Mail unterwegs. Folgen Sie dem Link darin innerhalb von 24 Stunden.",
    bad_mail: "Das ist keine E-Mail-Adresse.",
    bad_url: "Das ist keine https-Adresse eines Programms, das von hier erreichbar ist.",
    too_many: "Aus Ihrem Netz kamen zu viele Anfragen. Versuchen Sie es später noch einmal.",
    not_now: "Das ist gerade nicht möglich. Versuchen Sie es später noch einmal.",
    title: "Ihr Abonnement",
    confirm: "Abonnement bestätigen",
    confirm_hint: "Drücken Sie den Knopf, und Sie erhalten Meldungen.",
    save: "Speichern",
    leave: "Abbestellen",
    saved: "Sie haben die Meldungen abonniert.",
    left: "Das Abonnement ist beendet und Ihre Adresse vergessen.",
    gone: "Dieses Abonnement gibt es nicht: Es ist beendet oder wurde nicht rechtzeitig bestätigt.",
    secret: "Geheimnis, mit dem signiert wird:",
    stopped: "Ihr Programm hat einen Tag lang nicht geantwortet und erhält nichts mehr. Speichern Sie, um fortzufahren.",
    mail_confirm: "Jemand, vermutlich Sie, möchte unter dieser Adresse Meldungen erhalten. Bestätigen Sie das hier innerhalb von 24 Stunden:",
    mail_known: "Sie haben die Meldungen schon abonniert. Hier ändern oder beenden Sie das:",
    mail_stopped: "Ihr Programm hat einen Tag lang nicht geantwortet und erhält nichts mehr. Sobald es läuft, geht es hier weiter:",
    read_on: "Weiterlesen",
    change: "Abonnement ändern oder beenden",
    correction: "Berichtigung",
    reminder: "Erinnerung: Das beginnt bald",
};

static FR: SubscribeWords = SubscribeWords {
    mail: "Adresse e-mail",
    which: "Composants",
    all: "N’en choisissez aucun pour être informé de tous.",
    program: "Avertir plutôt un programme (webhook)",
    url: "Adresse du programme, https://…",
    url_hint: "Il reçoit chaque mise à jour en JSON, signée selon Standard Webhooks. Les e-mails sur l’abonnement vont à l’adresse ci-dessus.",
    subscribe: "S’abonner",
    hint: "Vous recevrez un e-mail avec un lien de confirmation. Sans elle, rien n’est envoyé et votre adresse est oubliée au bout d’un jour. Chaque e-mail contient un lien pour se désabonner.",
    sent_title: "Consultez votre messagerie",
    sent: "Si cette adresse peut être abonnée, un e-mail est en route. Suivez le lien qu’il contient dans les 24 heures.",
    bad_mail: "Ce n’est pas une adresse e-mail.",
    bad_url: "Ce n’est pas l’adresse https d’un programme joignable d’ici.",
    too_many: "Trop de demandes viennent de votre réseau. Réessayez dans un moment.",
    not_now: "Ce n’est pas possible pour le moment. Réessayez dans un moment.",
    title: "Votre abonnement",
    confirm: "Confirmer l’abonnement",
    confirm_hint: "Appuyez sur le bouton pour recevoir les mises à jour.",
    save: "Enregistrer",
    leave: "Se désabonner",
    saved: "Vous êtes abonné.",
    left: "L’abonnement est terminé et votre adresse est oubliée.",
    gone: "Cet abonnement n’existe pas : il est terminé ou n’a pas été confirmé à temps.",
    secret: "Secret qui sert à signer :",
    stopped: "Votre programme n’a pas répondu pendant un jour et ne reçoit plus rien. Enregistrez pour reprendre.",
    mail_confirm: "Quelqu’un, sans doute vous, souhaite recevoir les mises à jour à cette adresse. Confirmez-le ici dans les 24 heures :",
    mail_known: "Vous êtes déjà abonné. Modifiez ou terminez l’abonnement ici :",
    mail_stopped: "Votre programme n’a pas répondu pendant un jour et ne reçoit plus rien. Dès qu’il fonctionne, reprenez ici :",
    read_on: "Lire la suite",
    change: "Modifier ou terminer l’abonnement",
    correction: "Correction",
    reminder: "Rappel : cela commence bientôt",
};

static ES: SubscribeWords = SubscribeWords {
    mail: "Correo electrónico",
    which: "Componentes",
    all: "No elija ninguno para recibir avisos de todos.",
    program: "Avisar en su lugar a un programa (webhook)",
    url: "Dirección del programa, https://…",
    url_hint: "Recibe cada actualización como JSON, firmada según Standard Webhooks. Los correos sobre la suscripción van a la dirección de arriba.",
    subscribe: "Suscribirse",
    hint: "Recibirá un correo con un enlace de confirmación. Sin ella no se envía nada, y su dirección se olvida al cabo de un día. Cada correo tiene un enlace para darse de baja.",
    sent_title: "Mire su buzón",
    sent: "Si esta dirección se puede suscribir, hay un correo en camino. Siga el enlace que contiene en las próximas 24 horas.",
    bad_mail: "Esto no es una dirección de correo.",
    bad_url: "Esto no es la dirección https de un programa accesible desde aquí.",
    too_many: "Han llegado demasiadas solicitudes desde su red. Inténtelo más tarde.",
    not_now: "Ahora mismo no es posible. Inténtelo más tarde.",
    title: "Su suscripción",
    confirm: "Confirmar la suscripción",
    confirm_hint: "Pulse el botón para recibir las actualizaciones.",
    save: "Guardar",
    leave: "Darse de baja",
    saved: "Está suscrito.",
    left: "La suscripción ha terminado y su dirección está olvidada.",
    gone: "Esta suscripción no existe: ha terminado o no se confirmó a tiempo.",
    secret: "Secreto con el que se firma:",
    stopped: "Su programa no respondió durante un día y ya no recibe nada. Guarde para continuar.",
    mail_confirm: "Alguien, probablemente usted, pidió recibir actualizaciones en esta dirección. Confírmelo aquí en las próximas 24 horas:",
    mail_known: "Ya está suscrito. Cambie o termine la suscripción aquí:",
    mail_stopped: "Su programa no respondió durante un día y ya no recibe nada. Cuando funcione, continúe aquí:",
    read_on: "Seguir leyendo",
    change: "Cambiar o terminar la suscripción",
    correction: "Corrección",
    reminder: "Recordatorio: esto empieza pronto",
};

static JA: SubscribeWords = SubscribeWords {
    mail: "メールアドレス",
    which: "コンポーネント",
    all: "何も選ばなければ、すべてについて通知されます。",
    program: "代わりにプログラムへ通知する(Webhook)",
    url: "プログラムのアドレス、https://…",
    url_hint: "更新はJSONで届き、Standard Webhooks に従って署名されます。購読についてのメールは上のアドレスに届きます。",
    subscribe: "購読する",
    hint: "確認用リンクのあるメールが届きます。確認しなければ何も送られず、アドレスは1日後に消去されます。どのメールにも購読を終えるリンクがあります。",
    sent_title: "メールボックスをご覧ください",
    sent: "このアドレスで購読できる場合、メールをお送りしました。24時間以内にリンクを開いてください。",
    bad_mail: "メールアドレスではありません。",
    bad_url: "ここから届くプログラムの https アドレスではありません。",
    too_many: "お使いのネットワークからのリクエストが多すぎます。しばらくしてからお試しください。",
    not_now: "ただいま処理できません。しばらくしてからお試しください。",
    title: "あなたの購読",
    confirm: "購読を確認する",
    confirm_hint: "ボタンを押すと、更新が届くようになります。",
    save: "保存",
    leave: "購読をやめる",
    saved: "購読中です。",
    left: "購読は終了し、アドレスは消去されました。",
    gone: "この購読はありません。終了したか、期限内に確認されませんでした。",
    secret: "署名に使う秘密鍵:",
    stopped: "プログラムが1日応答しなかったため、通知を止めました。保存すると再開します。",
    mail_confirm: "どなたか(おそらくあなた)が、このアドレスでの更新の購読を申し込みました。24時間以内にここで確認してください:",
    mail_known: "すでに購読中です。変更や終了はこちら:",
    mail_stopped: "プログラムが1日応答しなかったため、通知を止めました。動くようになったら、こちらで再開してください:",
    read_on: "続きを読む",
    change: "購読を変更または終了する",
    correction: "訂正",
    reminder: "まもなく開始されます（お知らせの再送）",
};
