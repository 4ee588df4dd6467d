"""What the specifications share: the server's address, stubs, ids that no other test uses, and error details."""

import contextlib
import datetime
import os
import types
import unittest
import uuid

import grpc
from google.protobuf import timestamp_pb2
from google.rpc import error_details_pb2, status_pb2
from scoring.v1 import (
    account_pb2,
    customer_pb2,
    event_pb2,
    model_pb2,
    model_service_pb2_grpc,
    scoring_service_pb2_grpc,
)

GRPC_ADDRESS = os.environ["SCORING_GRPC_ADDRESS"]
HTTP_ADDRESS = os.environ["SCORING_HTTP_ADDRESS"]

# Far longer than any call takes: it turns a server that hangs into a failed test.
PATIENCE = 30

OUTCOME = event_pb2.RecordEventResponse

# Facts lie in the past and are read at one instant, so that every figure can be worked out by hand.
NOON = datetime.datetime(2025, 3, 31, 12, tzinfo=datetime.timezone.utc)

MODEL = "interop_python"


def instant(when=NOON, **back):
    """The instant that lies so many days, hours ... before `when`."""
    stamp = timestamp_pb2.Timestamp()
    stamp.FromDatetime((when - datetime.timedelta(**back)).replace(tzinfo=None))
    return stamp


def fresh(word):
    """An id that no other test uses."""
    return f"{word}-{uuid.uuid4().hex}"


def event(customer, type="session_started", **fields):
    return event_pb2.Event(customer_id=customer, type=type, **fields)


def details(error):
    """The google.rpc details of an error, by the name of their type."""
    trailers = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    found = {}
    for detail in status.details:
        kind = getattr(error_details_pb2, detail.TypeName().rpartition(".")[2])
        message = kind()
        detail.Unpack(message)
        found[kind.DESCRIPTOR.name] = message
    return status, found


def scoring_model():
    """Lifetime and decayed, counted and summed, capped and negative terms."""
    count, value = model_pb2.MEASURE_COUNT, model_pb2.MEASURE_VALUE
    return model_pb2.ScoringModel(
        name=MODEL,
        description="Made by the Python interop specifications.",
        target_points=80,
        terms=[
            model_pb2.Term(event_type="purchase", half_life_days=0, weight=10, cap=3, measure=count),
            model_pb2.Term(event_type="page_viewed", half_life_days=7, weight=4, measure=count),
            model_pb2.Term(event_type="invoice_paid", half_life_days=0, weight=0.5, measure=value),
            model_pb2.Term(event_type="complaint", half_life_days=30, weight=-20, measure=count),
        ],
        bands=[
            model_pb2.Band(name="churn_risk", engagement=model_pb2.ENGAGEMENT_NOT_ENGAGED, below=0),
            model_pb2.Band(name="disengaged", engagement=model_pb2.ENGAGEMENT_NOT_ENGAGED, at_most=40),
            model_pb2.Band(name="somewhat", engagement=model_pb2.ENGAGEMENT_SOMEWHAT_ENGAGED, at_most=70),
            model_pb2.Band(name="engaged", engagement=model_pb2.ENGAGEMENT_ENGAGED),
        ],
    )


class ServiceTest(unittest.TestCase):
    """A test with a channel of its own."""

    def setUp(self):
        self.channel = self.enterContext(open_channel())
        self.scoring = scoring_service_pb2_grpc.ScoringServiceStub(self.channel)
        self.models = model_service_pb2_grpc.ModelServiceStub(self.channel)

    @contextlib.contextmanager
    def assertStatus(self, code):
        """Expects the block to fail with a status; gives an object whose `error` is set then."""
        expected = types.SimpleNamespace(error=None)
        with self.assertRaises(grpc.RpcError) as caught:
            yield expected
        expected.error = caught.exception
        self.assertEqual(caught.exception.code(), code, caught.exception.details())

    def record(self, *events):
        """Records events of which none may be rejected."""
        answer = self.scoring.RecordEvents(event_pb2.RecordEventsRequest(events=events), timeout=PATIENCE)
        self.assertEqual(list(answer.rejections), [])
        return answer

    def upsert_customers(self, *customers):
        answer = self.scoring.UpsertCustomers(
            customer_pb2.UpsertCustomersRequest(customers=customers), timeout=PATIENCE
        )
        self.assertEqual(list(answer.rejections), [])
        return answer

    def upsert_accounts(self, *accounts):
        answer = self.scoring.UpsertAccounts(account_pb2.UpsertAccountsRequest(accounts=accounts), timeout=PATIENCE)
        self.assertEqual(list(answer.rejections), [])
        return answer

    def put_model(self):
        return self.models.PutScoringModel(
            model_pb2.PutScoringModelRequest(model=scoring_model()), timeout=PATIENCE
        )


def open_channel(**arguments):
    return grpc.insecure_channel(GRPC_ADDRESS, **arguments)
