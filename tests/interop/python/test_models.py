import grpc
from scoring.v1 import model_pb2

from service import MODEL, PATIENCE, ServiceTest, details, event, fresh, scoring_model


class Models(ServiceTest):
    def put(self, model, **fields):
        return self.models.PutScoringModel(
            model_pb2.PutScoringModelRequest(model=model, **fields), timeout=PATIENCE
        )

    def assert_same(self, read, put):
        """Whether a model is read as it was put; what no model scores is told by a read alone."""
        read.ClearField("unscored_event_types")
        self.assertEqual(read, put)

    def test_the_default_model_is_there(self):
        answer = self.models.GetScoringModel(model_pb2.GetScoringModelRequest(), timeout=PATIENCE)
        self.assertEqual(answer.name, "engagement")
        self.assertEqual(len(answer.bands), 5)

    def test_a_put_raises_the_version_and_is_read_back(self):
        first = self.put(scoring_model())
        second = self.put(scoring_model())
        self.assertEqual(second.version, first.version + 1)
        read = self.models.GetScoringModel(model_pb2.GetScoringModelRequest(name=MODEL), timeout=PATIENCE)
        self.assert_same(read, second)

    def test_two_editors_cannot_overwrite_each_other_unseen(self):
        current = self.put(scoring_model())
        self.put(current)
        with self.assertStatus(grpc.StatusCode.ABORTED) as refused:
            self.put(current)
        _, found = details(refused.error)
        self.assertEqual(found["ErrorInfo"].reason, "ETAG_MISMATCH")

    def test_validation_stores_nothing(self):
        before = self.put(scoring_model())
        checked = self.put(scoring_model(), validate_only=True)
        self.assertEqual(checked.version, before.version + 1)
        after = self.models.GetScoringModel(model_pb2.GetScoringModelRequest(name=MODEL), timeout=PATIENCE)
        self.assert_same(after, before)

    def test_every_wrong_field_of_a_model_is_named(self):
        model = scoring_model()
        model.target_points = 0
        model.terms[1].half_life_days = 5
        model.bands[2].engagement = model_pb2.ENGAGEMENT_UNSPECIFIED
        with self.assertStatus(grpc.StatusCode.INVALID_ARGUMENT) as refused:
            self.put(model)
        _, found = details(refused.error)
        self.assertEqual(
            {violation.field for violation in found["BadRequest"].field_violations},
            {"model.target_points", "model.terms[1].half_life_days", "model.bands[2].engagement"},
        )

    def test_models_are_listed_by_name_page_by_page(self):
        self.put(scoring_model())
        names, token = [], ""
        while True:
            page = self.models.ListScoringModels(
                model_pb2.ListScoringModelsRequest(page_size=1, page_token=token), timeout=PATIENCE
            )
            self.assertLessEqual(len(page.models), 1)
            names += [model.name for model in page.models]
            token = page.next_page_token
            if not token:
                break
        self.assertEqual(names, sorted(names))
        self.assertLessEqual({"engagement", MODEL}, set(names))

    def test_an_event_type_that_no_model_knows_is_listed_as_unscored(self):
        self.record(event(fresh("customer"), type="interop_unheard_of"))
        answer = self.models.GetScoringModel(model_pb2.GetScoringModelRequest(), timeout=PATIENCE)
        self.assertIn("interop_unheard_of", answer.unscored_event_types)
        self.assertNotIn("session_started", answer.unscored_event_types)

    def test_an_unknown_model_is_not_found(self):
        with self.assertStatus(grpc.StatusCode.NOT_FOUND) as refused:
            self.models.GetScoringModel(model_pb2.GetScoringModelRequest(name="nothing"), timeout=PATIENCE)
        _, found = details(refused.error)
        self.assertEqual(found["ErrorInfo"].reason, "MODEL_NOT_FOUND")
