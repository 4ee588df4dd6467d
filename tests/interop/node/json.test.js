// The service by plain HTTP and JSON, at the routes of the contract, as curl and fetch see it.
import { test, suite } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { address, fresh, patience, scoringModel } from "./service.js";

const base = `http://${process.env.SCORING_HTTP_ADDRESS}`;

/** Asks; gives the status and what the answer says. */
async function ask(method, path, body, headers = {}) {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  });
  const text = await answer.text();
  return [answer.status, text === "" ? null : JSON.parse(text)];
}

const event = (customerId, fields = {}) => ({ customerId, type: "session_started", ...fields });

/** The detail of a google.rpc.Status with this type. */
const detail = (status, name) => status.details.find((found) => found["@type"] === `type.googleapis.com/google.rpc.${name}`);

suite("JSON", () => {
  test("An event is recorded and a score read, by curl over HTTP/1.1 and HTTP/2", async () => {
    for (const [url, ...options] of [[base], [`http://${address}`, "--http2-prior-knowledge"]]) {
      const customerId = fresh("customer");
      const curl = async (...more) => JSON.parse((await promisify(execFile)("curl", ["-sS", ...options, ...more])).stdout);
      const recorded = await curl("-d", JSON.stringify(event(customerId)), "-H", "content-type: application/json", `${url}/v1/events`);
      assert.deepEqual(recorded, { outcome: "OUTCOME_ACCEPTED", durability: "DURABILITY_ON_DISK" });
      assert.equal((await curl(`${url}/v1/customers/${customerId}:score`)).customerId, customerId);
    }
  });

  for (const within of ["", "/workspaces/default"]) {
    test(`Every method has its route in /v1${within}`, async () => {
      const at = (path) => `/v1${within}${path}`;
      const customerId = fresh("customer");
      const accountId = fresh("account");
      const ok = async (...request) => {
        const [status, answer] = await ask(...request);
        assert.equal(status, 200, JSON.stringify(answer));
        return answer;
      };

      const customers = [{ customerId, accountId, attributes: { interop_run: customerId } }];
      assert.equal((await ok("POST", at("/customers:batchUpsert"), { customers })).upsertedCount, 1);
      const accounts = [{ accountId, seatCount: 4 }];
      assert.equal((await ok("POST", at("/accounts:batchUpsert"), { accounts })).upsertedCount, 1);
      assert.equal((await ok("POST", at("/events"), event(customerId))).outcome, "OUTCOME_ACCEPTED");
      const batch = await ok("POST", at("/events:batchRecord"), { events: [event(customerId), event("")] });
      assert.deepEqual([batch.acceptedCount, batch.rejections.map((r) => r.index)], [1, [1]]);
      assert.equal((await ok("GET", at(`/customers/${customerId}:score?model=engagement`))).accountId, accountId);
      const customerIds = [customerId, "nobody at all"];
      const scores = await ok("POST", at("/customers:batchGetScores"), { customerIds });
      assert.deepEqual([scores.scores.length, scores.notFoundCustomerIds], [1, ["nobody at all"]]);
      const query = new URLSearchParams({ filter: `interop_run = "${customerId}"`, topCount: 1, "histogram.bucketCount": 2, "histogram.upperBound": 100 });
      const stats = await ok("GET", at(`/customers:segmentStats?${query}&percentiles=50&percentiles=90`));
      assert.deepEqual([stats.customerCount, stats.topCustomers[0].customerId, stats.percentiles.length], ["1", customerId, 2]);
      const health = await ok("GET", at(`/accounts/${accountId}:health?window=604800s`));
      assert.deepEqual([health.customerCount, health.breadth.seatCount, health.window], ["1", 4, "604800s"]);
      const { models } = await ok("GET", at("/models?pageSize=1"));
      assert.equal(models.length, 1);
      assert.equal((await ok("GET", at("/models/engagement"))).name, "engagement");
    });
  }

  test("A model is put by its name, and its etag guards it", async () => {
    const { name, ...model } = scoringModel();
    const [status, stored] = await ask("PUT", `/v1/models/${name}`, model);
    assert.deepEqual([status, stored.name, stored.targetPoints], [200, name, 80]);
    assert.equal((await ask("PUT", `/v1/models/${name}`, stored))[0], 200);
    const [conflict, error] = await ask("PUT", `/v1/models/${name}`, stored);
    assert.deepEqual([conflict, detail(error, "ErrorInfo").reason], [409, "ETAG_MISMATCH"]);
  });

  test("An id in the path may have any character", async () => {
    const customerId = fresh("ä b/c:d%2Fe?顧客");
    assert.equal((await ask("POST", "/v1/events", event(customerId)))[0], 200);
    const [status, score] = await ask("GET", `/v1/customers/${encodeURIComponent(customerId)}:score`);
    assert.deepEqual([status, score.customerId], [200, customerId]);
  });

  test("An error is a google.rpc.Status with its details", async () => {
    const [status, error] = await ask("GET", `/v1/customers/${fresh("unknown")}:score`);
    assert.deepEqual([status, error.code, detail(error, "ErrorInfo").reason], [404, 5, "CUSTOMER_NOT_FOUND"]);
    const [refused, bad] = await ask("POST", "/v1/events", { type: "session_started" });
    assert.deepEqual([refused, detail(bad, "BadRequest").fieldViolations[0].field], [400, "event.customer_id"]);
  });

  test("What is no JSON, or has a field that is none, is refused", async () => {
    for (const body of ["{", '{"customer": "ada"}', '{"customerId": 5}']) {
      const [status, error] = await ask("POST", "/v1/events", body);
      assert.deepEqual([status, error.code], [400, 3], body);
    }
  });

  test("A body over the limit is 413", async () => {
    const [status, error] = await ask("POST", "/v1/events", event("x".repeat(17 << 20)));
    assert.deepEqual([status, error.code, detail(error, "ErrorInfo").reason], [413, 8, "BODY_TOO_LARGE"]);
  });
});
