"""What tools and probes ask: health, reflection, and the pages over HTTP."""

import urllib.request

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1 import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2 as alpha_pb2
from grpc_reflection.v1alpha import reflection_pb2_grpc as alpha_pb2_grpc

from service import HTTP_ADDRESS, PATIENCE, ServiceTest, event, fresh, instant

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_FOUND = grpc.StatusCode.NOT_FOUND.value[0]


class Health(ServiceTest):
    def setUp(self):
        super().setUp()
        self.health = health_pb2_grpc.HealthStub(self.channel)

    def test_the_server_and_its_services_are_serving(self):
        for service in ("", "scoring.v1.ScoringService", "scoring.v1.ModelService"):
            with self.subTest(service):
                answer = self.health.Check(health_pb2.HealthCheckRequest(service=service), timeout=PATIENCE)
                self.assertEqual(answer.status, SERVING)

    def test_an_unknown_service_is_not_found(self):
        with self.assertStatus(grpc.StatusCode.NOT_FOUND):
            self.health.Check(health_pb2.HealthCheckRequest(service="scoring.v9.Nothing"), timeout=PATIENCE)

    def test_a_watcher_is_told_the_status_at_once(self):
        watch = self.health.Watch(health_pb2.HealthCheckRequest(), timeout=PATIENCE)
        self.assertEqual(next(watch).status, SERVING)
        watch.cancel()

    def test_a_watcher_of_an_unknown_service_is_told_so_and_kept(self):
        watch = self.health.Watch(health_pb2.HealthCheckRequest(service="scoring.v9.Nothing"), timeout=PATIENCE)
        self.assertEqual(next(watch).status, health_pb2.HealthCheckResponse.SERVICE_UNKNOWN)
        self.assertTrue(watch.is_active())
        watch.cancel()


class Reflection:
    """The same questions to both versions of the service; `pb2` and `stub` say which."""

    def ask(self, *questions):
        requests = [self.pb2.ServerReflectionRequest(**question) for question in questions]
        answers = list(self.stub(self.channel).ServerReflectionInfo(iter(requests), timeout=PATIENCE))
        self.assertEqual(len(answers), len(requests))
        return answers

    def test_services_are_listed(self):
        (answer,) = self.ask({"list_services": ""})
        names = {service.name for service in answer.list_services_response.service}
        self.assertLessEqual(
            {
                "scoring.v1.ScoringService",
                "scoring.v1.ModelService",
                "scoring.v1.CustomerService",
                "scoring.v1.HistoryService",
                "grpc.health.v1.Health",
                self.pb2.DESCRIPTOR.package + ".ServerReflection",
            },
            names,
        )

    def test_files_are_found_by_name_and_by_symbol(self):
        for question in (
            {"file_by_filename": "scoring/v1/score.proto"},
            {"file_containing_symbol": "scoring.v1.CustomerScore"},
        ):
            with self.subTest(question):
                (answer,) = self.ask(question)
                files = [
                    descriptor_pb2.FileDescriptorProto.FromString(file)
                    for file in answer.file_descriptor_response.file_descriptor_proto
                ]
                self.assertIn("scoring/v1/score.proto", [file.name for file in files])

    def test_the_details_of_errors_are_known_so_that_tools_can_show_them(self):
        (answer,) = self.ask({"file_containing_symbol": "google.rpc.ErrorInfo"})
        (file, *_) = answer.file_descriptor_response.file_descriptor_proto
        described = descriptor_pb2.FileDescriptorProto.FromString(file)
        self.assertIn("ErrorInfo", [message.name for message in described.message_type])

    def test_an_unknown_symbol_is_an_error_of_its_question_alone(self):
        unknown, known = self.ask(
            {"file_containing_symbol": "scoring.v1.Nothing"},
            {"file_containing_symbol": "scoring.v1.ScoringService.GetScore"},
        )
        self.assertEqual(unknown.error_response.error_code, NOT_FOUND)
        self.assertTrue(known.HasField("file_descriptor_response"))

    def test_a_client_without_the_protos_can_call(self):
        customer = fresh("customer")
        self.record(event(customer, occurred_at=instant()))
        (answer,) = self.ask({"file_containing_symbol": "scoring.v1.ScoringService"})
        pool = descriptor_pool.DescriptorPool()
        files = {}
        for bytes in answer.file_descriptor_response.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(bytes)
            files[file.name] = file

        def add(name):
            file = files.pop(name, None)
            if file is not None:
                for dependency in file.dependency:
                    add(dependency)
                pool.Add(file)

        while files:
            add(next(iter(files)))
        method = pool.FindServiceByName("scoring.v1.ScoringService").FindMethodByName("GetScore")
        factory = message_factory.MessageFactory(pool)
        request = factory.GetPrototype(method.input_type)
        response = factory.GetPrototype(method.output_type)
        call = self.channel.unary_unary(
            "/scoring.v1.ScoringService/GetScore",
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )
        score = call(request(customer_id=customer), timeout=PATIENCE)
        self.assertEqual((score.customer_id, score.model_name), (customer, "engagement"))


class ReflectionV1(Reflection, ServiceTest):
    pb2 = reflection_pb2
    stub = reflection_pb2_grpc.ServerReflectionStub


class ReflectionV1Alpha(Reflection, ServiceTest):
    pb2 = alpha_pb2
    stub = alpha_pb2_grpc.ServerReflectionStub


class Pages(ServiceTest):
    def get(self, path):
        with urllib.request.urlopen(f"http://{HTTP_ADDRESS}{path}", timeout=PATIENCE) as answer:
            self.assertEqual(answer.status, 200)
            return answer.read().decode()

    def test_the_server_lives_and_is_ready(self):
        self.get("/healthz")
        self.get("/readyz")

    def test_metrics_count_the_events(self):
        self.record(event(fresh("customer")))
        samples = [line for line in self.get("/metrics").splitlines() if line.startswith("scoring_events")]
        self.assertTrue(any('"accepted"' in line for line in samples), samples)
