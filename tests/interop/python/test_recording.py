import queue

import grpc
from scoring.v1 import event_pb2, score_pb2, write_pb2

from service import OUTCOME, PATIENCE, ServiceTest, details, event, fresh, instant


class RecordingOneEvent(ServiceTest):
    def outcome(self, item):
        return self.scoring.RecordEvent(event_pb2.RecordEventRequest(event=item), timeout=PATIENCE)

    def test_a_new_event_is_accepted_and_on_disk(self):
        answer = self.outcome(event(fresh("customer"), event_id="1"))
        self.assertEqual(answer.outcome, OUTCOME.OUTCOME_ACCEPTED)
        self.assertEqual(answer.durability, write_pb2.DURABILITY_ON_DISK)

    def test_the_same_event_again_is_a_duplicate(self):
        item = event(fresh("customer"), event_id="1", occurred_at=instant(), value=2.5)
        self.assertEqual(self.outcome(item).outcome, OUTCOME.OUTCOME_ACCEPTED)
        self.assertEqual(self.outcome(item).outcome, OUTCOME.OUTCOME_DUPLICATE)

    def test_an_event_id_belongs_to_its_customer(self):
        for customer in (fresh("customer"), fresh("customer")):
            self.assertEqual(self.outcome(event(customer, event_id="1")).outcome, OUTCOME.OUTCOME_ACCEPTED)

    def test_an_event_without_an_id_is_never_a_duplicate(self):
        item = event(fresh("customer"), occurred_at=instant())
        self.assertEqual(self.outcome(item).outcome, OUTCOME.OUTCOME_ACCEPTED)
        self.assertEqual(self.outcome(item).outcome, OUTCOME.OUTCOME_ACCEPTED)

    def test_the_same_id_with_other_content_is_a_conflict(self):
        customer = fresh("customer")
        self.outcome(event(customer, event_id="1", occurred_at=instant(), value=1))
        with self.assertStatus(grpc.StatusCode.ALREADY_EXISTS) as refused:
            self.outcome(event(customer, event_id="1", occurred_at=instant(), value=2))
        _, found = details(refused.error)
        self.assertEqual(found["ErrorInfo"].reason, "EVENT_ID_CONFLICT")

    def test_an_event_in_the_future_is_refused(self):
        ahead = event(fresh("customer"), occurred_at=instant(days=-36500))
        with self.assertStatus(grpc.StatusCode.INVALID_ARGUMENT) as refused:
            self.outcome(ahead)
        _, found = details(refused.error)
        self.assertEqual(found["ErrorInfo"].reason, "OCCURRED_AT_IN_FUTURE")


class RecordingABatch(ServiceTest):
    def test_a_bad_event_is_rejected_by_its_index_and_the_others_are_taken(self):
        customer = fresh("customer")
        taken = event(customer, event_id="1", occurred_at=instant())
        answer = self.scoring.RecordEvents(
            event_pb2.RecordEventsRequest(
                events=[
                    taken,
                    event(""),
                    event(customer, type="x" * 129),
                    event(customer, value=float("nan")),
                    taken,
                    event(customer, event_id="1", occurred_at=instant(), value=7),
                    event(customer, event_id="2", occurred_at=instant()),
                ]
            ),
            timeout=PATIENCE,
        )
        self.assertEqual((answer.accepted_count, answer.duplicate_count), (2, 1))
        self.assertEqual(
            [(r.index, write_pb2.RejectionReason.Name(r.reason), r.field) for r in answer.rejections],
            [
                (1, "REJECTION_REASON_FIELD_MISSING", "customer_id"),
                (2, "REJECTION_REASON_FIELD_TOO_LONG", "type"),
                (3, "REJECTION_REASON_FIELD_INVALID", "value"),
                (5, "REJECTION_REASON_EVENT_ID_CONFLICT", "event_id"),
            ],
        )
        self.assertTrue(all(r.message for r in answer.rejections))

    def test_an_empty_batch_is_answered(self):
        answer = self.record()
        self.assertEqual((answer.accepted_count, answer.duplicate_count), (0, 0))

    def test_a_batch_of_ten_thousand_is_taken_whole(self):
        customer = fresh("customer")
        answer = self.record(*(event(customer, occurred_at=instant(minutes=i)) for i in range(10_000)))
        self.assertEqual(answer.accepted_count, 10_000)

    def test_a_larger_batch_is_refused_whole(self):
        with self.assertStatus(grpc.StatusCode.INVALID_ARGUMENT) as refused:
            self.record(*(event("nobody") for _ in range(10_001)))
        _, found = details(refused.error)
        self.assertEqual(found["ErrorInfo"].reason, "BATCH_TOO_LARGE")
        self.assertEqual(found["BadRequest"].field_violations[0].field, "events")


class StreamingBatches(ServiceTest):
    def test_batches_are_answered_in_their_order(self):
        customer = fresh("customer")
        sizes = [3, 1, 250, 2, 0, 40]
        batches = (
            event_pb2.RecordEventsRequest(
                events=[event(customer, event_id=f"{b}/{i}", occurred_at=instant()) for i in range(size)]
            )
            for b, size in enumerate(sizes)
        )
        answers = list(self.scoring.StreamEvents(batches, timeout=PATIENCE))
        self.assertEqual([answer.accepted_count for answer in answers], sizes)
        self.assertTrue(all(answer.durability == write_pb2.DURABILITY_ON_DISK for answer in answers))

    def test_a_batch_is_answered_while_the_stream_stays_open(self):
        customer = fresh("customer")
        batches = queue.SimpleQueue()
        stream = self.scoring.StreamEvents(iter(batches.get, None), timeout=PATIENCE)
        for i in range(3):
            batches.put(event_pb2.RecordEventsRequest(events=[event(customer, event_id=str(i))]))
            self.assertEqual(next(stream).accepted_count, 1)
        batches.put(event_pb2.RecordEventsRequest(events=[event(customer, event_id=""), event("")]))
        mixed = next(stream)
        self.assertEqual((mixed.accepted_count, [r.index for r in mixed.rejections]), (1, [1]))
        batches.put(None)
        self.assertEqual(list(stream), [])
        self.assertEqual(stream.code(), grpc.StatusCode.OK)

    def test_what_a_stream_recorded_is_read_at_once(self):
        customer = fresh("customer")
        batch = event_pb2.RecordEventsRequest(events=[event(customer, occurred_at=instant())])
        list(self.scoring.StreamEvents(iter([batch]), timeout=PATIENCE))
        score = self.scoring.GetScore(
            score_pb2.GetScoreRequest(customer_id=customer, read_time=instant()), timeout=PATIENCE
        )
        self.assertEqual(score.last_event_time, instant())

    def test_a_batch_that_cannot_be_taken_ends_the_stream_after_the_answers_before_it(self):
        customer = fresh("customer")
        good = event_pb2.RecordEventsRequest(events=[event(customer)])
        bad = event_pb2.RecordEventsRequest(workspace="nowhere", events=[event(customer)])
        answers = []
        with self.assertStatus(grpc.StatusCode.NOT_FOUND):
            for answer in self.scoring.StreamEvents(iter([good, good, bad]), timeout=PATIENCE):
                answers.append(answer)
        self.assertEqual([answer.accepted_count for answer in answers], [1, 1])
