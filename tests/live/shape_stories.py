"""What each shape's calls must tell, said from its script (shapes_*.py) and not from any recording. 剧本应述

Held to the living product by test_shapes.py, and to the tapes of it by tests/unit/test_tapes.py.
"""

from tests.live.shape_marks import Story

END = ("citizen hung-up",)
ONE_LEFT = ("seat left", *END)
TWO_LEFT = ("seat left", *ONE_LEFT)
PLAIN = ("waits", "answered")
TALK = (*PLAIN, *ONE_LEFT)
CONSULT_SEAT = ("held", "seat rung", "seat in aside", "is consulting")
CONSULT_THIRD = ("held", "third rung", "third in aside", "is consulting")
HANDED_OVER = ("back", "seat left", "transferred")
THREE = (*PLAIN, "third rung", "third in talk", "is conference")
THIRD_LEFT = ("third left", *ONE_LEFT)
CALLED_OUT = ("seat rung", "seat in talk", "answered", *ONE_LEFT)
TO_THE_SEAT = (*PLAIN, *CONSULT_SEAT, *HANDED_OVER, *ONE_LEFT)
TO_THE_DEPARTMENT = (*PLAIN, *CONSULT_THIRD, "back", *THIRD_LEFT)
GONE_ASIDE = (*PLAIN, *CONSULT_SEAT, "seat left", "back", *ONE_LEFT)
INTERCEPTED = (*PLAIN, "seat rung", "seat in talk", "is conference", "transferred", *TWO_LEFT)


def _comes_back(role: str, why: str) -> tuple[str, ...]:
    return (*PLAIN, "held", f"{role} rung", f"{role} {why}", "back", *ONE_LEFT)


def _supervised(room: str, *more: str) -> tuple[str, ...]:
    joined = ("supervisor rung", f"supervisor in {room}", *more)
    return (*PLAIN, *joined, "supervisor left", *ONE_LEFT)


STORIES: dict[str, tuple[Story, ...]] = {
    # shapes_talk
    "citizen_hangs_up": (Story(TALK),),
    "seat_hangs_up": (Story((*PLAIN, "seat left", "seat hung-up")),),
    "seat_asks_for_the_end": (
        # Asterisk tells the order, or the end of the seat's own leg, first.
        Story(
            (*PLAIN, "seat left", "service hung-up"),
            or_else=((*PLAIN, "seat left", "seat hung-up"),),
        ),
    ),
    "hold_and_retrieve": (Story((*PLAIN, "held", "back", *ONE_LEFT)),),
    "hold_and_retrieve_twice": (Story((*PLAIN, *("held", "back") * 2, *ONE_LEFT)),),
    "citizen_hangs_up_on_hold": (Story((*PLAIN, "held", *ONE_LEFT)),),
    "seats_phone_dies_on_hold": (Story((*PLAIN, "held", "seat left", *TALK)),),
    "mute_and_unmute": (Story(TALK),),
    "forced_to_pause_while_talking": (Story(TALK),),
    "command_on_a_dead_call": (Story(TALK),),
    "two_people_command_at_once": (
        Story(
            INTERCEPTED,
            or_else=(
                TO_THE_SEAT,
                # The transfer had begun to ring when the supervisor took the citizen over.
                (
                    *(*PLAIN, "held", "seat rung", "seat rung", "seat cancelled", "seat in talk"),
                    *("back", "transferred", *TWO_LEFT),
                ),
            ),
        ),
    ),
    "abandoned_in_the_line": (Story(("waits", "abandoned: citizen hung-up")),),
    "picked_from_the_line": (Story(TALK),),
    # shapes_transfer
    "blind_to_a_seat": (Story(TO_THE_SEAT),),
    "blind_to_a_busy_seat_comes_back": (Story(_comes_back("seat", "busy")),),
    "blind_to_a_seat_that_does_not_answer_comes_back": (Story(_comes_back("seat", "no-answer")),),
    "blind_to_a_department": (Story(TO_THE_DEPARTMENT),),
    "blind_to_a_busy_department_comes_back": (Story(_comes_back("third", "busy")),),
    "transfer_to_oneself_is_refused": (Story(TALK),),
    "transfer_abroad_or_to_premium_is_refused": (Story(TALK),),
    "chain_of_three_seats": (Story((*PLAIN, *(*CONSULT_SEAT, *HANDED_OVER) * 2, *ONE_LEFT)),),
    "warm_to_a_seat": (Story(TO_THE_SEAT),),
    "warm_to_a_department": (Story(TO_THE_DEPARTMENT),),
    "warm_is_cancelled": (Story(GONE_ASIDE),),
    "consult_is_cancelled_while_it_rings": (Story(_comes_back("seat", "cancelled")),),
    "consulted_hangs_up_first": (Story(GONE_ASIDE),),
    "consulted_refuses": (Story(_comes_back("seat", "busy")),),
    "citizen_hangs_up_while_consulting": (Story((*PLAIN, *CONSULT_SEAT, *TWO_LEFT)),),
    "seat_hangs_up_while_consulting": (Story(TO_THE_SEAT),),
    "two_consults_one_after_the_other": (
        Story((*PLAIN, *(*CONSULT_SEAT, "seat left", "back") * 2, *ONE_LEFT)),
    ),
    "target_answers_just_as_the_seat_cancels": (
        Story(GONE_ASIDE, or_else=(_comes_back("seat", "cancelled"),)),
    ),
    "to_another_line_and_answered_there": (Story((*PLAIN, "seat left", *TALK)),),
    "to_another_line_and_abandoned_there": (
        Story((*PLAIN, "seat left", "waits", "citizen left-waiting")),
    ),
    # shapes_three
    "department_leaves_first": (Story((*THREE, *THIRD_LEFT)),),
    "seat_leaves_first_and_the_other_two_go_on": (Story((*THREE, *THIRD_LEFT)),),
    "citizen_leaves_first": (Story((*THREE, *THIRD_LEFT)),),
    "two_consulting_become_three": (
        Story((*PLAIN, *CONSULT_THIRD, "back", "is conference", *THIRD_LEFT)),
    ),
    "third_is_another_seat": (
        Story((*PLAIN, "seat rung", "seat in talk", "is conference", *TWO_LEFT)),
    ),
    "police_by_one_key": (Story((*THREE, *THIRD_LEFT)),),
    "invited_line_is_busy": (Story((*PLAIN, "third rung", "third busy", *ONE_LEFT)),),
    "third_is_shown_the_door": (Story((*THREE, *THIRD_LEFT)),),
    "keys_reach_the_far_end": (Story((*THREE, *THIRD_LEFT)),),
    "third_is_muted_in_the_conference": (Story((*THREE, *THIRD_LEFT)),),
    # shapes_supervised
    "listened_to": (Story(_supervised("listening")),),
    "whispered_to": (Story(_supervised("whispering")),),
    "barged_into": (Story(_supervised("talk", "is conference")),),
    "listener_hangs_up_and_the_talk_goes_on": (Story(_supervised("listening")),),
    "intercepted": (Story(INTERCEPTED),),
    "intercepted_in_a_conference": (
        Story((*THREE, "seat rung", "seat in talk", "transferred", "seat left", *THIRD_LEFT)),
    ),
    "an_operator_may_not_listen": (Story(TALK),),
    # shapes_out
    "called_back_seat_first": (Story(CALLED_OUT),),
    "called_back_citizen_first": (Story(TALK),),
    "called_back_and_the_seat_hangs_up": (
        Story(("seat rung", "seat in talk", "answered", "seat left", "seat hung-up")),
    ),
    "called_back_and_nobody_answers": (
        Story(("seat rung", "seat in talk", "seat left", "abandoned: citizen cancelled")),
    ),
    "called_back_and_busy": (
        Story(("seat rung", "seat in talk", "seat left", "abandoned: citizen busy")),
    ),
    "seat_does_not_take_the_callback": (Story(("seat rung", "seat busy", "abandoned: seat busy")),),
    "abandoned_caller_is_called_back": (
        Story(("waits", "abandoned: citizen hung-up")),
        Story(CALLED_OUT),
    ),
    "called_from_his_order": (Story(TALK), Story(CALLED_OUT)),
    "number_abroad_is_not_called": (Story(TALK),),
}
