//! From words to an answer: shared by commands, buttons and forms.

use super::{Door, case, external, following, forms, intake, message, oncall, query, report, status_page, words};
use crate::{
    command::{Parsed, Step, named, parse},
    engine::{Ask, Caller, Done, Refusal},
    ids::{ChannelId, IncidentId, UserId},
    incident::{Actor, Command, Incident, Rejection, access, case as records, comms::No, said_aloud},
    playbook::Phase,
    render::{Message, forms::Declaring},
};

/// What someone said to the bot.
#[derive(Debug, Clone)]
pub struct Spoken<'a> {
    /// What makes the request itself.
    pub key: Option<String>,
    /// Who said it.
    pub me: &'a UserId,
    /// Where.
    pub channel: Option<&'a ChannelId>,
    /// What a form can be opened with.
    pub trigger: Option<&'a str>,
    /// Where more can be answered later, for half an hour.
    pub reply: Option<&'a str>,
    /// Where an answer of ours can be changed, of which a button was pressed.
    pub pressed: Option<&'a str>,
    /// What was said.
    pub text: &'a str,
    /// Declare even what was declared a moment ago.
    pub anyway: bool,
    /// The incident that verbs mean, where the place does not say so.
    pub here: Option<IncidentId>,
}

impl<'a> Spoken<'a> {
    /// Nothing yet, by this person.
    pub fn by(me: &'a UserId) -> Self {
        Self {
            key: None,
            me,
            channel: None,
            trigger: None,
            reply: None,
            pressed: None,
            text: "",
            anyway: false,
            here: None,
        }
    }
}

/// What whoever spoke is told.
#[derive(Debug)]
pub enum Answer {
    /// Nothing: it shows elsewhere.
    Nothing,
    /// This, and only to them.
    Say(Message),
    /// The same; where a button of an answer asked for it, in that answer's place: what it offered is done.
    Instead(Message),
}

impl Answer {
    /// What they are told.
    pub fn message(self) -> Option<Message> {
        match self {
            Self::Nothing => None,
            Self::Say(said) | Self::Instead(said) => Some(said),
        }
    }

    /// In the place of the answer whose button asked for it.
    #[must_use]
    pub fn instead(self) -> Self {
        self.message().map_or(Self::Nothing, Self::Instead)
    }

    pub fn say(text: impl AsRef<str>) -> Self {
        Self::Say(message::say(text.as_ref()))
    }
}

/// Carries out what was said, and tells what came of it. Refusals are answers too.
pub async fn dispatch(door: &Door, spoken: &Spoken<'_>) -> Answer {
    match understand(door, spoken).await {
        Ok(answer) => answer,
        Err(refusal) => Answer::Say(words::refused(door, &refusal)),
    }
}

/// The same, with refusals as such.
pub async fn understand(door: &Door, spoken: &Spoken<'_>) -> Result<Answer, Refusal> {
    let zone = door.people.zone(spoken.me, &door.engine.settings().timezone).await;
    let here = match (spoken.here, spoken.channel) {
        (Some(id), _) => Some(id),
        (None, Some(channel)) => door.engine.seen_by(spoken.me).in_room(channel).await?,
        (None, None) => None,
    };
    let mut cx = door.parse_cx(spoken.me, &zone);
    (cx.here, cx.channel) = (here, spoken.channel);
    let first = spoken.text.split_whitespace().next().unwrap_or_default();
    cx.codename = door.engine.seen_by(spoken.me).codenamed(first.trim_end_matches(':')).await?;
    // An incident knows the words of the playbook that it was declared under.
    if let Some(id) = named(spoken.text).or(cx.codename).or(here)
        && let Ok(it) = existing(door, spoken.me, id).await
    {
        cx.playbook = door.engine.books().of(&it);
        cx.kind = Some(cx.playbook.kind(&it.kind));
    }
    let said = parse(spoken.text, &cx);
    tracing::Span::current().record("command.verb", said.verb.unwrap_or("none"));
    carry_out(door, spoken, said.means).await
}

/// What is asked for seldom is boxed, here and in the engine: a future is as large as the largest of its branches, and it is
/// moved with every request.
async fn carry_out(door: &Door, spoken: &Spoken<'_>, means: Parsed) -> Result<Answer, Refusal> {
    match means {
        Parsed::Card(id) => Box::pin(query::card(door, spoken.me, id)).await,
        Parsed::DeclareForm { title, severity, secret } => {
            let channel = spoken.channel.cloned();
            let from = Declaring { title, severity, secret, channel, ..Declaring::default() };
            Ok(Box::pin(forms::open_declare(door, spoken, &from)).await)
        }
        Parsed::Declare(declaration) => ask(door, spoken, None, Command::Declare(declaration)).await,
        Parsed::Do { incident, command: Command::Case(records::Ask::Tell { customer, notice }) } => {
            case::told(door, spoken, incident, customer, notice).await
        }
        Parsed::Do { incident, command: command @ Command::PostUpdate { .. } } => {
            match ask(door, spoken, Some(incident), command).await {
                Err(Refusal::Rejected { why: Rejection::Comms(No::SameText), .. }) => {
                    Ok(Answer::Say(message::same_update(incident, spoken.text)))
                }
                answer => answer,
            }
        }
        Parsed::Do { incident, command } => ask(door, spoken, Some(incident), command).await,
        Parsed::StepPhase { incident, step, why } => {
            let it = existing(door, spoken.me, incident).await?;
            match beside(door, &it, step) {
                Some(to) => ask(door, spoken, Some(incident), Command::ChangePhase { to: to.id.clone(), why }).await,
                None => Ok(Answer::say(match step {
                    Step::Next => format!(
                        "{incident} is in its last phase. `/incident close` closes it; `/incident reopen` if it goes on."
                    ),
                    Step::Back => format!("{incident} is in its first phase; there is none before it."),
                })),
            }
        }
        Parsed::Form { incident, form } => Box::pin(forms::open(door, spoken, incident, form)).await,
        Parsed::Report { here, ask } => Box::pin(report::answer(door, spoken, here, ask)).await,
        Parsed::Follow { incident, fact } => Box::pin(following::answer(door, spoken, incident, fact)).await,
        Parsed::OnCall(asked) => Box::pin(oncall::answer(door, spoken, asked)).await,
        Parsed::StatusPage(asked) => Box::pin(status_page::answer(door, spoken, asked)).await,
        Parsed::Query(asked) => Box::pin(query::answer(door, spoken.me, asked)).await,
        Parsed::Ambiguous { verb, unknown, readings } => {
            let why = unknown.map_or_else(
                || "That can be read in more than one way, so nothing was changed.".to_owned(),
                |unknown| format!("{unknown} Nothing was changed."),
            );
            let text = format!("{why} What did you mean? (`{}`)", verb.line());
            Ok(Answer::Say(message::offer(&text, &readings)))
        }
        Parsed::DidYouMean { verb, readings } => Ok(Answer::Say(message::offer(
            &format!("There is no such command, so nothing was changed. Did you mean `/incident {}`?", verb.name),
            &readings,
        ))),
        Parsed::NeedsIncident { verb, input, title } => {
            // One that is named behind the verb and that they do not find is said first, whatever the reason.
            if let Some(id) = input.split_whitespace().nth(1).and_then(|word| word.parse().ok()) {
                existing(door, spoken.me, id).await?;
            }
            let open = door.lists(spoken.me).await.open(message::OFFERED).await?;
            Ok(Answer::Say(message::which_incident(verb, &input, title.as_ref(), &open)))
        }
        Parsed::Later { what, title } => {
            let text = format!("{what} comes with a later release; nothing was changed.");
            Ok(Answer::Say(message::offer(&text, title.as_slice())))
        }
        Parsed::Problem(sentence) => Ok(Answer::say(sentence)),
    }
}

/// The phase before or after the present one.
fn beside<'a>(door: &'a Door, it: &Incident, step: Step) -> Option<&'a Phase> {
    let kind = door.engine.books().of(it).kind(&it.kind);
    match step {
        Step::Next => kind.next(&it.phase),
        Step::Back => kind.back(&it.phase),
    }
}

/// The incident as this person may see it, or why there is none.
pub async fn existing(door: &Door, me: &UserId, id: IncidentId) -> Result<std::sync::Arc<Incident>, Refusal> {
    let sight = door.lists(me).await;
    let found = sight.incident(id).await;
    if found.is_ok() || !sight.is_outside() {
        return found;
    }
    // Whoever was invited into the room by hand reads all of it.
    match sight.place_of(id).await? {
        Some(place) if door.people.is_in(&place, me).await => door.engine.seen_by(me).incident(id).await,
        Some(_) | None => found,
    }
}

/// People from outside ask nothing of an incident that they do not find, but answer the pages that they got.
async fn finds(door: &Door, spoken: &Spoken<'_>, id: IncidentId, command: &Command) -> Result<(), Refusal> {
    let me = spoken.me;
    if !door.people.is_outside(me).await {
        return Ok(());
    }
    let Err(refusal) = existing(door, me, id).await else { return Ok(()) };
    let Some(answered) = access::answers(command) else { return Err(refusal) };
    let got = door.engine.seen_by(me).may_answer(id, answered, spoken.channel).await?;
    if got { Ok(()) } else { Err(refusal) }
}

/// Has the bot do it.
pub async fn request(
    door: &Door,
    spoken: &Spoken<'_>,
    incident: Option<IncidentId>,
    command: Command,
) -> Result<Done, Refusal> {
    if let Some(id) = incident {
        finds(door, spoken, id, &command).await?;
    }
    external::gate(door, spoken.me, incident, &command).await?;
    let mut ask = Ask::new(spoken.key.clone(), Actor::Person(spoken.me.clone()), incident, command);
    ask.anyway = spoken.anyway;
    door.engine.ask(ask).await
}

/// Has the bot do it, and says so.
pub async fn ask(
    door: &Door,
    spoken: &Spoken<'_>,
    incident: Option<IncidentId>,
    command: Command,
) -> Result<Answer, Refusal> {
    match request(door, spoken, incident, command.clone()).await {
        Ok(mut done) if matches!(command, Command::Declare(_)) => {
            await_room(door, spoken, &mut done).await?;
            let said = words::done(door, &done);
            Ok(Answer::Instead(intake::with_similar(door, spoken.me, &done, said).await))
        }
        Ok(done) => {
            let said = words::done(door, &done);
            Ok(if is_said(spoken, &done) && !said.asks() { Answer::Nothing } else { Answer::Instead(said) })
        }
        // What declares anyway must be the same declaration.
        Err(Refusal::Duplicate { first }) => {
            Ok(Answer::Say(words::duplicate(existing(door, spoken.me, first).await?.as_ref(), &command)))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Does the thread in which it was said tell what was done, so that nobody needs to hear it a second time?
fn is_said(spoken: &Spoken<'_>, done: &Done) -> bool {
    let here = spoken.here == Some(done.incident.id) && done.incident.intake.in_thread().is_some();
    here && done.events.iter().any(|(_, event)| said_aloud(&event.what))
}

/// Whoever declares by typing hears where the room is: at once where it is there already, else as soon as it is.
async fn await_room(door: &Door, spoken: &Spoken<'_>, done: &mut Done) -> Result<(), Refusal> {
    let Some(url) = spoken.reply.filter(|_| done.incident.room.is_none() && done.incident.intake.in_thread().is_none())
    else {
        return Ok(());
    };
    let caller = Caller::Typed { url: url.to_owned() };
    if let Some(now) = room_for(door, spoken.me, done.incident.id, caller).await? {
        done.incident = now;
    }
    Ok(())
}

/// Has them told where the room is as soon as it is there. The incident where that is so already: then nobody tells them but we.
pub(super) async fn room_for(
    door: &Door,
    me: &UserId,
    id: IncidentId,
    caller: Caller,
) -> Result<Option<std::sync::Arc<Incident>>, Refusal> {
    door.engine.callers().wait(id, caller);
    // It may have been made meanwhile; then whoever makes rooms did not see that somebody waits.
    let now = existing(door, me, id).await?;
    Ok((now.room.is_some() && door.engine.callers().take(id).is_some()).then_some(now))
}
