// What tools and probes ask: health and reflection.
import { test, suite } from "node:test";
import assert from "node:assert/strict";
import { Health, answersOf, call, connect, failure, patience, reflections } from "./service.js";

suite("Health", () => {
  test("The server and its services are serving", async (t) => {
    const client = connect(t, Health);
    for (const service of ["", "scoring.v1.ScoringService", "scoring.v1.ModelService"]) {
      assert.equal((await call(client, "Check", { service })).status, "SERVING", service);
    }
  });

  test("An unknown service is not found", async (t) => {
    await failure(5, call(connect(t, Health), "Check", { service: "scoring.v9.Nothing" }));
  });

  test("A watcher is told the status at once and can leave", async (t) => {
    const watch = connect(t, Health).Watch({ service: "" }, { deadline: Date.now() + patience });
    const answers = watch[Symbol.asyncIterator]();
    assert.equal((await answers.next()).value.status, "SERVING");
    watch.cancel();
    await failure(1, answers.next());
  });
});

for (const version of ["v1", "v1alpha"]) {
  suite(`Reflection ${version}`, () => {
    const ask = async (t, ...questions) => {
      const client = connect(t, reflections[version].ServerReflection);
      const stream = client.ServerReflectionInfo({ deadline: Date.now() + patience });
      questions.forEach((question) => stream.write(question));
      stream.end();
      const answers = await answersOf(stream);
      assert.equal(answers.length, questions.length);
      return answers;
    };

    test("Services are listed", async (t) => {
      const [answer] = await ask(t, { list_services: "" });
      const names = answer.list_services_response.service.map((service) => service.name);
      for (const name of [
        "scoring.v1.ScoringService",
        "scoring.v1.ModelService",
        "grpc.health.v1.Health",
        `grpc.reflection.${version}.ServerReflection`,
      ]) {
        assert.ok(names.includes(name), `${name} is not among ${names}`);
      }
    });

    test("Files are found by name and by symbol, the unknown is an error of its question alone", async (t) => {
      const [byName, bySymbol, unknown] = await ask(
        t,
        { file_by_filename: "scoring/v1/score.proto" },
        { file_containing_symbol: "scoring.v1.ScoringService.GetScore" },
        { file_containing_symbol: "scoring.v1.Nothing" },
      );
      assert.ok(byName.file_descriptor_response.file_descriptor_proto.length > 0);
      const text = Buffer.concat(bySymbol.file_descriptor_response.file_descriptor_proto).toString("latin1");
      assert.ok(text.includes("scoring/v1/scoring_service.proto"));
      assert.equal(unknown.error_response.error_code, 5);
    });
  });
}
