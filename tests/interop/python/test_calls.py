"""What holds for every call: errors, deadlines, cancellation, compression, metadata, sizes."""

import queue
import time

import grpc
from scoring.v1 import event_pb2, score_pb2, scoring_service_pb2_grpc

from service import OUTCOME, PATIENCE, ServiceTest, details, event, fresh, instant, open_channel


class Errors(ServiceTest):
    def test_an_unknown_customer_is_not_found(self):
        unknown = fresh("unknown")
        with self.assertStatus(grpc.StatusCode.NOT_FOUND) as refused:
            self.scoring.GetScore(score_pb2.GetScoreRequest(customer_id=unknown), timeout=PATIENCE)
        status, found = details(refused.error)
        self.assertEqual(status.code, grpc.StatusCode.NOT_FOUND.value[0])
        self.assertEqual(status.message, refused.error.details())
        self.assertEqual((found["ErrorInfo"].reason, found["ErrorInfo"].domain), ("CUSTOMER_NOT_FOUND", "scoring"))
        self.assertIn(unknown, found["ErrorInfo"].metadata.values())

    def test_an_unknown_workspace_is_not_found(self):
        with self.assertStatus(grpc.StatusCode.NOT_FOUND) as refused:
            self.scoring.RecordEvents(event_pb2.RecordEventsRequest(workspace="nowhere"), timeout=PATIENCE)
        _, found = details(refused.error)
        self.assertEqual(found["ErrorInfo"].reason, "WORKSPACE_NOT_FOUND")

    def test_a_bad_field_is_named(self):
        with self.assertStatus(grpc.StatusCode.INVALID_ARGUMENT) as refused:
            self.scoring.RecordEvent(event_pb2.RecordEventRequest(event=event("")), timeout=PATIENCE)
        _, found = details(refused.error)
        self.assertEqual(found["ErrorInfo"].reason, "FIELD_MISSING")
        self.assertEqual([v.field for v in found["BadRequest"].field_violations], ["event.customer_id"])
        self.assertTrue(found["BadRequest"].field_violations[0].description)

    def test_a_message_in_any_script_arrives_whole(self):
        unknown = fresh("Zoë 50% 顧客")
        with self.assertStatus(grpc.StatusCode.NOT_FOUND) as refused:
            self.scoring.GetScore(score_pb2.GetScoreRequest(customer_id=unknown), timeout=PATIENCE)
        self.assertIn(unknown, refused.error.details())

    def test_an_unknown_method_is_unimplemented(self):
        call = self.channel.unary_unary("/scoring.v1.ScoringService/Forget")
        with self.assertStatus(grpc.StatusCode.UNIMPLEMENTED):
            call(b"", timeout=PATIENCE)

    def test_what_is_not_a_message_of_the_method_is_refused(self):
        call = self.channel.unary_unary("/scoring.v1.ScoringService/GetScore")
        with self.assertRaises(grpc.RpcError) as refused:
            call(b"\xff\xff\xff", timeout=PATIENCE)
        self.assertIn(
            refused.exception.code(), (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.INTERNAL)
        )
        self.assertEqual(self.record(event(fresh("customer"))).accepted_count, 1)

    def test_a_message_above_the_size_limit_is_refused(self):
        huge = event_pb2.RecordEventRequest(event=event(fresh("customer"), feature="x" * (40 << 20)))
        with self.assertStatus(grpc.StatusCode.RESOURCE_EXHAUSTED):
            self.scoring.RecordEvent(huge, timeout=PATIENCE)
        self.assertEqual(self.record(event(fresh("customer"))).accepted_count, 1)


class Deadlines(ServiceTest):
    def test_a_stream_kept_open_past_its_deadline_ends_with_deadline_exceeded(self):
        batches = queue.SimpleQueue()
        batches.put(event_pb2.RecordEventsRequest(events=[event(fresh("customer"))]))
        since = time.monotonic()
        stream = self.scoring.StreamEvents(iter(batches.get, None), timeout=1)
        self.assertEqual(next(stream).accepted_count, 1)
        with self.assertStatus(grpc.StatusCode.DEADLINE_EXCEEDED):
            next(stream)
        batches.put(None)
        self.assertLess(time.monotonic() - since, PATIENCE)

    def test_a_call_within_its_deadline_is_answered(self):
        answer = self.scoring.RecordEvent(
            event_pb2.RecordEventRequest(event=event(fresh("customer"))), timeout=PATIENCE
        )
        self.assertEqual(answer.outcome, OUTCOME.OUTCOME_ACCEPTED)


class Cancellation(ServiceTest):
    def test_what_was_answered_before_a_cancellation_stays_and_the_server_goes_on(self):
        customer = fresh("customer")
        item = event(customer, event_id="1", occurred_at=instant())
        batches = queue.SimpleQueue()
        batches.put(event_pb2.RecordEventsRequest(events=[item]))
        stream = self.scoring.StreamEvents(iter(batches.get, None), timeout=PATIENCE)
        self.assertEqual(next(stream).accepted_count, 1)
        stream.cancel()
        with self.assertStatus(grpc.StatusCode.CANCELLED):
            next(stream)
        batches.put(None)
        self.assertEqual(self.record(item).duplicate_count, 1)


class Compression(ServiceTest):
    def test_a_batch_compressed_by_gzip_is_taken(self):
        self.assert_taken(grpc.Compression.Gzip)

    def test_a_batch_compressed_by_deflate_is_taken(self):
        self.assert_taken(grpc.Compression.Deflate)

    def assert_taken(self, compression):
        customer = fresh("customer")
        with open_channel(compression=compression) as channel:
            scoring = scoring_service_pb2_grpc.ScoringServiceStub(channel)
            events = [event(customer, event_id=str(i), occurred_at=instant()) for i in range(2_000)]
            request = event_pb2.RecordEventsRequest(events=events)
            self.assertEqual(scoring.RecordEvents(request, timeout=PATIENCE).accepted_count, 2_000)
            answers = scoring.StreamEvents(iter([request, request]), timeout=PATIENCE)
            self.assertEqual([answer.duplicate_count for answer in answers], [2_000, 2_000])


class CallMetadata(ServiceTest):
    def test_metadata_of_the_caller_does_no_harm(self):
        answer, call = self.scoring.RecordEvent.with_call(
            event_pb2.RecordEventRequest(event=event(fresh("customer"))),
            metadata=(("x-tenant", "blue"), ("x-trace-bin", bytes(range(256))), ("x-tenant", "green")),
            timeout=PATIENCE,
        )
        self.assertEqual(answer.outcome, OUTCOME.OUTCOME_ACCEPTED)
        self.assertEqual(call.code(), grpc.StatusCode.OK)

    def test_an_answer_has_headers_before_it_and_no_details_behind_it(self):
        stream = self.scoring.StreamEvents(
            iter([event_pb2.RecordEventsRequest(events=[event(fresh("customer"))])]), timeout=PATIENCE
        )
        headers = dict(stream.initial_metadata())
        self.assertNotIn("grpc-status", headers)
        self.assertEqual(len(list(stream)), 1)
        self.assertNotIn("grpc-status-details-bin", dict(stream.trailing_metadata()))

    def test_a_hundred_calls_share_one_connection(self):
        customer = fresh("customer")
        calls = [
            self.scoring.RecordEvent.future(
                event_pb2.RecordEventRequest(event=event(customer, event_id=str(i % 50), occurred_at=instant())),
                timeout=PATIENCE,
            )
            for i in range(100)
        ]
        outcomes = [call.result().outcome for call in calls]
        self.assertEqual(outcomes.count(OUTCOME.OUTCOME_ACCEPTED), 50)
        self.assertEqual(outcomes.count(OUTCOME.OUTCOME_DUPLICATE), 50)
