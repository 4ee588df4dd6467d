import { test, suite } from "node:test";
import assert from "node:assert/strict";
import { ModelService, call, connect, event, failure, fresh, modelName, record, scoringModel } from "./service.js";

const put = (client, model, fields = {}) => call(client, "PutScoringModel", { model, ...fields });
const get = (client, name) => call(client, "GetScoringModel", { name });

suite("Models", () => {
  test("A put raises the version and is read back", async (t) => {
    const client = connect(t, ModelService);
    const first = await put(client, scoringModel());
    const second = await put(client, scoringModel());
    assert.equal(second.version, first.version + 1);
    const { unscored_event_types, ...model } = await get(client, modelName);
    assert.deepEqual({ ...model, unscored_event_types: [] }, second);
  });

  test("Two editors cannot overwrite each other unseen", async (t) => {
    const client = connect(t, ModelService);
    const current = await put(client, scoringModel());
    await put(client, current);
    const { ErrorInfo } = await failure(10, put(client, current));
    assert.equal(ErrorInfo.reason, "ETAG_MISMATCH");
  });

  test("Validation stores nothing", async (t) => {
    const client = connect(t, ModelService);
    const before = await put(client, scoringModel());
    await put(client, scoringModel(), { validate_only: true });
    assert.equal((await get(client, modelName)).version, before.version);
  });

  test("Every wrong field of a model is named", async (t) => {
    const model = scoringModel();
    model.target_points = 0;
    model.terms[1].half_life_days = 5;
    const { BadRequest } = await failure(3, put(connect(t, ModelService), model));
    assert.deepEqual(BadRequest.field_violations.map((violation) => violation.field).sort(), [
      "model.target_points",
      "model.terms[1].half_life_days",
    ]);
  });

  test("Models are listed by name, page by page", async (t) => {
    const client = connect(t, ModelService);
    await put(client, scoringModel());
    const names = [];
    let page_token = "";
    do {
      const page = await call(client, "ListScoringModels", { page_size: 1, page_token });
      names.push(...page.models.map((model) => model.name));
      page_token = page.next_page_token;
    } while (page_token !== "");
    assert.deepEqual(names, [...names].sort());
    assert.ok(names.includes("engagement") && names.includes(modelName), names.join());
  });

  test("An event type that no model knows is listed as unscored", async (t) => {
    await record(connect(t), event(fresh("customer"), { type: "interop_unheard_of" }));
    const { name, unscored_event_types } = await get(connect(t, ModelService), "");
    assert.equal(name, "engagement");
    assert.ok(unscored_event_types.includes("interop_unheard_of"));
  });

  test("An unknown model is not found", async (t) => {
    const { ErrorInfo } = await failure(5, get(connect(t, ModelService), "nothing"));
    assert.equal(ErrorInfo.reason, "MODEL_NOT_FOUND");
  });
});
