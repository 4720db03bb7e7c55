//! Which test shows which element of the two published ways of working. Each of these tests quotes the element's id in its own
//! words; the tests here keep the table complete and true.

use std::{collections::BTreeMap, fs, path::Path};

/// The elements, and the tests that show them.
const SHOWN: &[(&str, &[&str])] = &[
    (
        "A1",
        &[
            "a_form_without_a_tick_keeps_its_words_and_what_was_typed",
            "any_single_tick_declares",
            "declare_anyway_declares_what_the_form_says",
            "it_is_declared_where_anything_is_ticked",
            "the_card_asks_afterwards_which_is_true",
        ],
    ),
    ("A2", &["a_kept_event_is_promoted_with_its_own_time"]),
    ("A3", &["a_broken_file_leaves_the_last_good_one_in_force", "a_definition_left_blank_is_refused"]),
    (
        "A4",
        &[
            "a_data_tick_opens_a_private_room_before_any_word",
            "security_in_words_declares_a_need_to_know_incident",
            "the_form_shows_what_it_will_be",
        ],
    ),
    ("A5", &["anyone_may_declare_and_cancelled_ones_count_for_nothing", "what_was_cancelled_counts_nowhere"]),
    (
        "A6",
        &[
            "a_command_offers_similar_ones_afterwards",
            "similar_ones_are_offered_before_declaring",
            "trouble_of_what_a_service_needs_is_similar",
            "two_declares_of_one_message_are_one_incident",
        ],
    ),
    (
        "B1",
        &[
            "the_lead_holds_what_nobody_has_accepted",
            "the_main_contact_is_asked_at_once",
            "who_acts_as_the_lead_has_confirmed_it",
        ],
    ),
    (
        "B2",
        &[
            "a_group_of_a_role_that_nobody_can_look_up_is_passed_over_aloud",
            "a_lower_severity_stops_the_asking",
            "a_no_and_an_empty_chair_go_on_at_once",
            "a_role_given_by_hand_ends_the_asking",
            "a_role_given_to_somebody_asleep_is_asked_for",
            "a_role_of_nobody_given_to_somebody_asleep_is_asked_for_aloud",
            "a_role_that_is_given_up_is_asked_for_again",
            "nobody_answers_and_the_next_one_is_asked",
            "numbers_of_a_secret_stay_in_its_room",
            "of_a_group_the_first_who_accepts_has_it",
            "smaller_incidents_ask_fewer_people",
            "the_asking_survives_a_crash",
            "the_room_gets_the_numbers_of_whom_nothing_reaches",
            "the_group_is_asked_before_the_sponsor",
            "the_room_is_told_whom_to_call",
            "what_comes_back_asks_on",
        ],
    ),
    (
        "B3",
        &[
            "answering_ticks_itself",
            "duties_tick_themselves_when_the_record_shows_it",
            "overdue_duties_remind_once_and_together",
            "telling_customers_ticks_itself",
        ],
    ),
    ("B4", &["a_new_role_can_be_given_once_it_stands_in_the_file", "a_role_of_the_file_is_a_role"]),
    ("B5", &["several_hold_a_role_and_one_holds_another"]),
    ("B6", &["a_hand_over_is_briefed_and_moves_on_accept"]),
    ("B7", &["a_coordinator_is_the_analyst_on_small_incidents", "leading_and_typing_the_fix_needs_a_reason"]),
    ("C1", &["severity_is_confirmed_or_changed_with_a_line", "time_in_each_severity_and_phase_adds_up"]),
    (
        "C2",
        &[
            "a_service_is_paged_by_whoever_is_named_for_it",
            "a_severity_or_service_that_pages_does_so_later_too_and_once",
            "declaring_pages_whoever_answers_for_the_service",
        ],
    ),
    (
        "C3",
        &[
            "a_pushpin_puts_a_message_on_the_timeline_at_its_own_time",
            "an_edit_keeps_the_old_words_and_a_deletion_keeps_the_entry",
            "changes_decisions_and_fixes_are_tracked",
        ],
    ),
    ("C4", &["a_reason_overrides_and_is_recorded", "resolving_a_major_incident_names_the_one_missing_thing"]),
    (
        "D1",
        &[
            "a_channel_becomes_due_when_it_lasts",
            "a_corrected_start_and_a_raised_severity_move_when_a_channel_is_due",
            "the_register_marks_the_channels_that_apply_now",
            "what_customers_report_marks_their_channels",
        ],
    ),
    (
        "D2",
        &[
            "a_draft_with_a_hole_is_kept_and_not_sent",
            "a_refusal_in_the_third_form_is_said_there",
            "no_form_is_asked_for_that_slack_does_not_take",
            "the_second_to_write_opens_the_draft_or_takes_it_over",
        ],
    ),
    (
        "D3",
        &[
            "a_backup_on_call_or_outside_hears_what_is_late",
            "a_group_that_is_backup_hears_what_is_late",
            "customers_are_not_forgotten",
            "later_is_not_earlier",
            "later_needs_a_new_time",
            "long_and_watched_incidents_are_told_of_less_often",
            "what_comes_back_owes_texts_again",
            "whoever_is_owed_something_hears_less_often_later",
            "whoever_is_owed_something_is_not_forgotten",
        ],
    ),
    (
        "D4",
        &[
            "a_correction_is_looked_at_like_a_send",
            "internal_words_never_go_outside",
            "need_to_know_has_no_public_channel",
        ],
    ),
    (
        "D6",
        &[
            "a_correction_changes_the_text_where_it_stands",
            "a_correction_of_what_was_released_is_released_too",
            "a_retry_is_looked_at_like_a_send",
            "one_text_fans_out_and_one_failure_stops_nothing",
            "the_template_is_sent_as_it_is_with_two_fields",
            "what_does_not_get_through_can_be_posted_by_hand",
        ],
    ),
    (
        "E1",
        &[
            "a_report_is_taken_to_the_right_incident",
            "a_report_of_long_ago_is_a_slip",
            "reports_are_counted_and_the_first_time_is_kept",
            "what_customers_report_marks_their_channels",
            "words_of_a_report_can_be_removed",
        ],
    ),
    (
        "E2",
        &[
            "a_correction_changes_the_text_where_it_stands",
            "a_released_text_alone_leaves_a_secret",
            "questions_that_come_in_are_logged_where_the_text_is",
            "support_gets_the_words_at_once",
            "support_gets_what_the_second_person_approved",
            "without_anybody_in_the_role_those_named_for_it_get_the_words",
        ],
    ),
    (
        "F1",
        &[
            "a_correction_is_looked_at_like_a_send",
            "a_text_that_is_too_long_for_a_channel_is_refused",
            "questions_that_come_in_are_logged_where_the_text_is",
        ],
    ),
    (
        "G1",
        &[
            "a_task_has_one_owner_and_a_time",
            "tasks_are_done_handed_on_and_postponed",
            "the_words_of_a_task_can_be_redacted",
            "what_a_reminder_has_no_button_for_is_typed",
        ],
    ),
    (
        "G2",
        &[
            "evidence_is_what_the_record_shows",
            "the_export_has_the_chain_of_custody",
            "what_is_no_evidence_is_refused",
            "what_is_suspected_is_never_shown_as_confirmed",
        ],
    ),
    ("G3", &["no_notice_without_a_plan", "what_is_typed_about_customers_is_read_with_care"]),
    (
        "G4",
        &[
            "a_change_of_kind_withdraws_what_the_new_kind_lacks",
            "roles_that_cannot_be_held_here_are_refused",
            "the_coordinator_leads_a_security_incident",
        ],
    ),
    (
        "G5",
        &[
            "advisors_are_asked_by_what_was_ticked",
            "advisors_named_by_group_or_phone_are_asked",
            "another_kind_asks_its_own_advisors",
            "every_advisor_is_asked_by_something",
            "ticks_suggest_a_secret_and_hold_there",
        ],
    ),
    (
        "G6",
        &[
            "a_guest_comes_in_only_by_a_record",
            "a_guest_leaves_the_emptied_room_too",
            "a_record_names_reason_scope_nda_and_end",
            "access_ends_with_the_engagement",
            "an_engagement_is_extended_or_ended",
            "the_form_of_a_record_says_what_brings_them_in",
            "the_helper_holds_the_role_of_helpers",
        ],
    ),
    (
        "G7",
        &[
            "a_delivery_that_comes_again_changes_nothing",
            "a_report_of_a_secret_is_one",
            "a_report_of_an_incident_is_said_in_its_room",
            "a_report_outlives_its_incident",
            "a_report_that_belongs_to_nothing_is_heard",
            "every_report_is_acknowledged_or_overdue",
            "only_reports_with_a_token_come_in",
            "whoever_reports_sees_nothing_but_their_report",
        ],
    ),
    (
        "G8",
        &[
            "a_notice_names_their_side_and_is_acknowledged",
            "an_untold_customer_is_overdue_and_holds_up_closing",
            "customers_hold_up_the_closing_of_any_incident",
            "customers_hold_up_whatever_ends_it",
            "names_of_customers_stay_inside_and_can_be_removed",
            "nobody_is_told_before_it_is_confirmed",
            "only_what_is_confirmed_is_told",
        ],
    ),
    (
        "G9",
        &[
            "a_reminder_sent_in_doubt_is_taken_back",
            "a_report_of_a_secret_is_one",
            "whoever_was_paged_may_answer_at_whatever_step_it_is",
            "acknowledging_lets_in_whoever_was_paged_by_name",
            "every_button_and_form_is_answered_outside_as_if_there_were_none",
            "every_verb_is_answered_outside_as_if_there_were_none",
            "inside_the_codename_leads_to_it",
            "kept_words_that_become_a_secret_leave_app_homes",
            "names_of_customers_stay_inside_and_can_be_removed",
            "nobody_outside_reads_a_word_of_a_secret",
            "nothing_is_said_outside_the_room",
            "numbers_of_a_secret_stay_in_its_room",
            "outside_a_number_is_like_one_that_does_not_exist",
            "the_access_list_has_a_log",
            "texts_sent_in_doubt_are_taken_back",
            "the_removed_get_no_old_answer",
            "what_was_sent_in_doubt_is_taken_back",
            "whom_the_playbook_names_hears_of_a_secret_and_reads_no_word",
            "nothing_need_to_know_is_followed",
            "what_a_digest_must_not_say_any_more_is_gone_from_it",
        ],
    ),
    ("H1", &["the_raci_table_can_be_read", "the_raci_table_is_held_to_its_rules"]),
    (
        "H2",
        &[
            "entering_containment_gives_the_responsible_their_work",
            "whoever_becomes_responsible_has_the_work_of_the_phase",
        ],
    ),
    ("H3", &["leaving_a_phase_awaits_whoever_answers_for_it", "only_the_accountable_role_accepts"]),
    (
        "H4",
        &[
            "advisors_named_by_group_or_phone_are_asked",
            "consulted_roles_are_asked_reminded_and_heard",
            "the_first_phase_asks_and_tells",
            "the_helper_holds_the_role_of_helpers",
            "whom_to_ask_is_chosen_in_a_form",
        ],
    ),
    (
        "H5",
        &[
            "groups_and_those_outside_slack_are_informed",
            "informed_roles_hear_one_line_for_each_change",
            "the_first_phase_asks_and_tells",
            "whoever_is_on_call_is_informed",
            "whom_the_playbook_names_hears_of_a_secret_and_reads_no_word",
            "words_typed_to_the_bot_are_answered_once",
        ],
    ),
    ("H6", &["customers_are_told_from_eradication_on", "eradication_queues_an_item_for_each_confirmed_customer"]),
    ("I1", &["a_phase_may_be_left_out_first_and_explained_then", "phases_skip_and_go_back_with_a_reason"]),
    ("I2", &["a_security_incident_goes_through_eight_phases", "notification_runs_beside_the_other_phases"]),
    (
        "I3",
        &[
            "at_most_five_missing_things_are_named",
            "the_phase_form_takes_what_is_missing",
            "what_is_missing_is_suggested_once",
        ],
    ),
    (
        "I4",
        &[
            "a_change_of_kind_withdraws_what_the_new_kind_lacks",
            "a_closed_old_room_gives_up_its_words_later",
            "a_page_that_asked_a_channel_asks_whoever_leads",
            "a_report_that_was_taken_away_stays_away",
            "a_room_that_nobody_heard_of_loses_its_name",
            "a_thread_becomes_a_stub",
            "an_open_incident_moves_to_a_private_room",
            "carried_times_ring_in_the_new_incident_alone",
            "carried_words_are_redacted_in_both_records",
            "customers_that_came_along_are_told_and_hold_up_closing",
            "drafts_and_receipts_leave_the_old_room",
            "the_kind_can_be_changed_and_a_secret_stays_one",
            "the_longest_record_moves_in_one_go",
            "the_records_of_a_case_come_along",
            "ticks_suggest_a_secret_and_hold_there",
            "what_goes_on_comes_along",
            "what_left_the_playbook_does_not_hold_up_a_secret",
        ],
    ),
    ("J1", &["the_template_is_sent_as_it_is_with_two_fields"]),
    (
        "J2",
        &[
            "a_confirmation_holds_for_the_words_it_was_given_for",
            "later_texts_are_asked_for_what_is_new",
            "the_same_text_twice_asks_for_confirmation",
            "the_same_update_twice_asks_for_confirmation",
        ],
    ),
    ("J3", &["the_next_time_is_required_and_kept"]),
    (
        "J4",
        &[
            "doubtful_words_are_said_once",
            "doubtful_words_of_a_notice_are_said_once",
            "doubtful_words_of_a_typed_notice_are_said_once",
            "doubtful_words_that_come_later_are_said_too",
            "the_customers_of_the_incident_are_not_named",
        ],
    ),
    ("K1", &["the_register_marks_the_channels_that_apply_now"]),
    ("K2", &["the_register_marks_the_channels_that_apply_now"]),
    (
        "K3",
        &[
            "a_retry_is_looked_at_like_a_send",
            "a_released_text_alone_leaves_a_secret",
            "a_second_person_is_never_waived_for_a_secret",
            "alone_it_takes_five_minutes_and_a_reason",
            "everyone_who_holds_the_role_may_send",
            "expired_training_is_refused",
            "need_to_know_has_no_public_channel",
            "only_channels_that_the_writer_may_send_to_are_ticked",
            "only_authors_send_alone_and_none_of_them_approves",
            "two_people_send_where_the_register_says_so",
            "what_needs_two_people_is_kept_as_a_draft",
            "a_correction_is_looked_at_like_a_send",
        ],
    ),
    (
        "K4",
        &[
            "a_service_that_fails_is_done_without",
            "one_text_fans_out_and_one_failure_stops_nothing",
            "the_template_is_sent_as_it_is_with_two_fields",
            "what_does_not_get_through_can_be_posted_by_hand",
        ],
    ),
    ("K5", &["the_register_marks_the_channels_that_apply_now"]),
    (
        "K6",
        &[
            "a_channel_is_never_paged_about_a_secret",
            "a_correction_of_what_was_released_is_released_too",
            "a_page_that_asked_a_channel_asks_whoever_leads",
            "a_released_text_alone_leaves_a_secret",
            "a_secret_has_no_way_to_a_public_channel",
            "an_unknown_visibility_is_need_to_know",
            "what_is_on_its_way_stops_when_it_becomes_need_to_know",
            "what_is_released_is_public_with_its_own_words_alone",
            "what_is_released_is_this_very_text",
            "what_travels_with_a_text_cannot_be_tried_out",
        ],
    ),
    (
        "L1",
        &[
            "a_report_from_before_says_that_a_customer_was_first",
            "the_card_asks_afterwards_which_is_true",
            "values_speak_in_the_words_of_the_company",
            "we_noticed_first_only_where_nobody_had_reported_it",
        ],
    ),
    (
        "L2",
        &[
            "a_known_cause_without_a_fix_is_asked_for_a_stopgap",
            "a_value_has_its_say_once_when_nothing_moves",
            "records_of_people_are_movement",
        ],
    ),
    ("L3", &["a_known_cause_without_a_fix_is_asked_for_a_stopgap", "a_stopgap_is_asked_for_after_half_an_hour"]),
    (
        "L5",
        &[
            "the_same_service_by_the_same_condition_is_repeated",
            "values_speak_in_the_words_of_the_company",
            "what_happened_before_is_found_with_its_reasons",
        ],
    ),
    ("L6", &["a_value_says_something_and_asks_something", "values_speak_in_the_words_of_the_company"]),
];

/// Elements of the post-incident review, which no release carries out yet.
const LATER: &[&str] = &["L4"];

/// Of elements that are shown: what of them only a later capability or a program outside can carry out, in their own words.
const LATER_PARTS: &[(&str, &str)] = &[
    (
        "A5",
        "cancelled excluded from the statistics: with `stats`, which counts incidents; until then nothing else does",
    ),
    ("B7", "shown in the review: until then the summary shows it"),
    (
        "G7",
        "intake by mail, and by people of other organisations in shared channels: a mailbox or a workspace of theirs",
    ),
    ("H5", "one line by mail: until then the room is asked to tell whoever Slack does not reach"),
    ("I2", "all clocks are decided before closing: with compliance clocks"),
    ("L2", "the review asks where someone hesitated"),
    (
        "L6",
        "one question each in the review, in the company's own wording; the playbook has them, and `check` wants them",
    ),
];

/// Every element within the playbook: incident definition, roles, duties, communications, security roles, RACI, phases,
/// templates, channels, values.
const ALL: &[(char, std::ops::RangeInclusive<u8>)] = &[
    ('A', 1..=6),
    ('B', 1..=7),
    ('C', 1..=4),
    ('D', 1..=4),
    ('D', 6..=6),
    ('E', 1..=2),
    ('F', 1..=1),
    ('G', 1..=9),
    ('H', 1..=6),
    ('I', 1..=4),
    ('J', 1..=4),
    ('K', 1..=6),
    ('L', 1..=6),
];

/// Ids in brackets in the words before each test: test name, ids.
fn quoted() -> BTreeMap<String, Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for dir in ["tests/it", "src"] {
        sources(&root.join(dir), &mut files);
    }
    let mut found = BTreeMap::new();
    for text in files {
        let (mut ids, mut is_test) = (Vec::new(), false);
        for line in text.lines().map(str::trim) {
            if let Some(words) = line.strip_prefix("///") {
                ids.extend(ids_in(words));
            } else if line.starts_with("#[") {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            } else {
                let name =
                    line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ").and_then(|l| l.split('(').next());
                if let (Some(name), true, false) = (name, is_test, ids.is_empty()) {
                    found.insert(name.to_owned(), std::mem::take(&mut ids));
                }
                (ids, is_test) = (Vec::new(), false);
            }
        }
    }
    found
}

fn sources(dir: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(fs::read_to_string(&path).expect("a source file"));
        }
    }
}

/// `[B4]`, `[H1]` in these words.
fn ids_in(words: &str) -> impl Iterator<Item = String> {
    words
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(id, _)| id)
        .filter(|id| is_id(id))
        .map(str::to_owned)
}

fn is_id(id: &str) -> bool {
    let mut letters = id.chars();
    letters.next().is_some_and(|c| c.is_ascii_uppercase()) && id.len() == 2 && letters.all(|c| c.is_ascii_digit())
}

#[test]
fn every_element_is_shown_by_a_test_or_said_to_come_later() {
    let all = ALL.iter().flat_map(|(letter, numbers)| numbers.clone().map(move |n| format!("{letter}{n}")));
    for id in all {
        let shown = SHOWN.iter().any(|(known, tests)| *known == id && !tests.is_empty());
        assert!(shown != LATER.contains(&id.as_str()), "{id} must stand in exactly one of the two tables");
    }
}

/// What is put off is a part of something that is shown without it.
#[test]
fn every_part_that_comes_later_is_of_an_element_that_is_shown() {
    for (id, part) in LATER_PARTS {
        assert!(SHOWN.iter().any(|(shown, _)| shown == id) && !part.is_empty(), "{id} is not shown");
        assert_eq!(LATER_PARTS.iter().filter(|(other, _)| other == id).count(), 1, "{id} stands there twice");
    }
}

#[test]
fn every_test_of_the_table_is_there_and_quotes_its_element() {
    let quoted = quoted();
    for (id, tests) in SHOWN {
        for test in *tests {
            let ids = quoted.get(*test).unwrap_or_else(|| panic!("there is no test `{test}` that quotes anything"));
            assert!(ids.iter().any(|quoted| quoted == id), "`{test}` does not quote [{id}]");
        }
    }
}

#[test]
fn every_quotation_stands_in_the_table() {
    for (test, ids) in quoted() {
        for id in ids {
            let known = SHOWN.iter().any(|(shown, tests)| *shown == id && tests.contains(&test.as_str()));
            assert!(known, "add `{test}` to [{id}] in the table");
        }
    }
}
