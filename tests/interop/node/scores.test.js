import { test, suite } from "node:test";
import assert from "node:assert/strict";
import { call, connect, event, failure, fresh, instant, modelName, near, putModel, record } from "./service.js";

async function customerWorth28_25Points(client) {
  const customer = fresh("customer");
  await record(
    client,
    ...Array.from({ length: 4 }, () => event(customer, { type: "purchase", occurred_at: instant(14) })),
    event(customer, { type: "page_viewed", occurred_at: instant(7) }),
    event(customer, { type: "invoice_paid", occurred_at: instant(3), value: 12.5 }),
    event(customer, { type: "complaint", occurred_at: instant(30) }),
  );
  return customer;
}

const query = (fields) => ({ model: modelName, read_time: instant(), ...fields });

suite("Scores", () => {
  test("A score explains itself", async (t) => {
    const model = await putModel(t);
    const client = connect(t);
    const customer = await customerWorth28_25Points(client);
    const score = await call(client, "GetScore", query({ customer_id: customer }));
    near(score.points, 28.25);
    near(score.score, (100 * 28.25) / 80);
    near(score.display_score, score.score);
    assert.equal(score.band, "disengaged");
    assert.equal(score.model_name, modelName);
    assert.ok(score.model_version >= model.version);
    assert.deepEqual(score.read_time, instant());
    assert.deepEqual(score.last_event_time, instant(3));
    assert.ok(score.momentum >= -1 && score.momentum <= 1);
    const parts = Object.fromEntries(score.contributions.map((c) => [c.event_type, [c.quantity, c.points, c.capped]]));
    assert.deepEqual(Object.keys(parts).sort(), ["complaint", "invoice_paid", "page_viewed", "purchase"]);
    near(parts.purchase[1], 30);
    assert.equal(parts.purchase[2], true);
    near(parts.page_viewed[0], 0.5);
    near(parts.complaint[1], -10);
    near(
      score.contributions.reduce((sum, c) => sum + c.points, 0),
      score.points,
    );
    assert.deepEqual(
      { ...score.next_band, missing_points: score.next_band.missing_points.toFixed(9) },
      { band: "somewhat", from_score: 40, exclusive: true, missing_points: "3.750000000" },
    );
  });

  test("A customer that did nothing has no momentum and no last event", async (t) => {
    const client = connect(t);
    const customer = fresh("customer");
    await call(client, "UpsertCustomers", { customers: [{ customer_id: customer, attributes: { plan: "pro" } }] });
    const score = await call(client, "GetScore", { customer_id: customer });
    assert.equal(score.score, 0);
    assert.equal(score.momentum, undefined);
    assert.equal(score.last_event_time, null);
    assert.deepEqual(score.attributes, { plan: "pro" });
  });

  test("A batch of scores keeps the order and names the unknown", async (t) => {
    await putModel(t);
    const client = connect(t);
    const first = await customerWorth28_25Points(client);
    const second = fresh("customer");
    const unknown = fresh("unknown");
    await record(client, event(second, { type: "purchase", occurred_at: instant() }));
    const answer = await call(client, "BatchGetScores", query({ customer_ids: [second, unknown, first] }));
    assert.deepEqual(
      answer.scores.map((score) => score.customer_id),
      [second, first],
    );
    assert.deepEqual(answer.not_found_customer_ids, [unknown]);
  });

  test("A read time before the newest event is answered as of then", async (t) => {
    await putModel(t);
    const client = connect(t);
    const customer = await customerWorth28_25Points(client);
    const score = await call(client, "GetScore", query({ customer_id: customer, read_time: instant(4) }));
    assert.deepEqual(score.read_time, instant(4));
    assert.deepEqual(score.last_event_time, instant(7));
    const quantities = Object.fromEntries(score.contributions.map((c) => [c.event_type, c.quantity]));
    // The invoice was yet to come, and the page view was 3 days old, of a half-life of 7.
    assert.deepEqual(Object.keys(quantities).sort(), ["complaint", "page_viewed", "purchase"]);
    near(quantities.page_viewed, 2 ** (-3 / 7));
  });
});

suite("Segments", () => {
  test("A segment is described as if every member had been scored", async (t) => {
    await putModel(t);
    const client = connect(t);
    const run = fresh("run");
    const scores = [-10, 20, 40, 70, 130];
    const ids = scores.map(() => fresh("customer"));
    const upserted = await call(client, "UpsertCustomers", {
      customers: ids.map((customer_id, i) => ({
        customer_id,
        attributes: { interop_run: run, country: i < 2 ? "DE" : "FR" },
      })),
    });
    assert.equal(upserted.upserted_count, 5);
    // An invoice of 1 is worth half a point, and 80 points are a score of 100.
    await record(
      client,
      ...ids.map((id, i) => event(id, { type: "invoice_paid", value: scores[i] * 1.6, occurred_at: instant(i) })),
    );
    const stats = await call(
      client,
      "GetSegmentStats",
      query({
        filter: `interop_run = "${run}"`,
        percentiles: [0, 50, 90],
        histogram: { lower_bound: 0, upper_bound: 100, bucket_count: 2 },
        top_count: 2,
        bottom_count: 1,
      }),
    );
    assert.equal(stats.customer_count, 5);
    near(stats.mean, 50);
    near(stats.standard_deviation, Math.sqrt((60 ** 2 + 30 ** 2 + 10 ** 2 + 20 ** 2 + 80 ** 2) / 5));
    near(stats.percentiles[1].score, 40);
    near(stats.percentiles[2].score, 106);
    assert.deepEqual(
      stats.histogram.map((bucket) => bucket.customer_count),
      [1, 2, 1, 1],
    );
    assert.equal(stats.histogram[0].lower_bound, undefined);
    assert.deepEqual(
      stats.bands.map((band) => [band.band, band.customer_count, band.share]),
      [
        ["churn_risk", 1, 0.2],
        ["disengaged", 2, 0.4],
        ["somewhat", 1, 0.2],
        ["engaged", 1, 0.2],
      ],
    );
    near(stats.engagement_index.not_engaged, 60);
    assert.deepEqual(
      stats.top_customers.map((c) => c.customer_id),
      [ids[4], ids[3]],
    );
    assert.deepEqual([stats.activity.dau, stats.activity.wau, stats.activity.mau], [1, 5, 5]);
    near(stats.activity.stickiness_today, 0.2);
    near(stats.activity.complete_days_mean_dau, 4 / 30);
    assert.equal(stats.activity.complete_days_mau, 4);
    near(stats.activity.stickiness, 1 / 30);

    const german = await call(
      client,
      "GetSegmentStats",
      query({ filter: `interop_run = "${run}" AND country = "DE"` }),
    );
    assert.equal(german.customer_count, 2);
    near(german.mean, 5);
  });

  test("An empty segment has absent figures", async (t) => {
    const stats = await call(connect(t), "GetSegmentStats", { filter: 'interop_run = "nobody"' });
    assert.equal(stats.customer_count, 0);
    for (const figure of ["mean", "standard_deviation", "min", "max"]) {
      assert.equal(stats[figure], undefined, figure);
    }
    assert.equal(stats.engagement_index, null);
    assert.equal(stats.activity, null);
  });

  test("A mistake in the filter is named", async (t) => {
    const { BadRequest } = await failure(3, call(connect(t), "GetSegmentStats", { filter: "country == DE" }));
    assert.equal(BadRequest.field_violations[0].field, "filter");
  });
});

suite("Accounts", () => {
  test("Health tells frequency, breadth, depth and growth", async (t) => {
    const client = connect(t);
    const [account, anna, ben, cleo] = ["account", "anna", "ben", "cleo"].map(fresh);
    const upserted = await call(client, "UpsertAccounts", { accounts: [{ account_id: account, seat_count: 4 }] });
    assert.equal(upserted.upserted_count, 1);
    const used = [
      [anna, 3],
      [anna, 2],
      [anna, 1],
      [anna, 1],
      [ben, 3],
      [cleo, 45],
    ];
    await record(
      client,
      ...used.map(([customer, days]) =>
        event(customer, { type: "feature_used", account_id: account, feature: "export", occurred_at: instant(days) }),
      ),
    );
    const health = await call(client, "GetAccountHealth", { account_id: account, read_time: instant() });
    assert.equal(health.status, "ACCOUNT_STATUS_GROWING");
    assert.equal(health.customer_count, 3);
    assert.equal(health.frequency.active_day_count, 4);
    near(health.frequency.part_score, (100 * 2) / ((30 * 5) / 7));
    assert.deepEqual([health.breadth.active_customer_count, health.breadth.seat_count, health.breadth.part_score], [2, 4, 50]);
    assert.equal(health.depth.used_feature_count, 1);
    near(health.growth.part_score, 80);
    near(health.growth.change, 3);
    near(health.score, (health.frequency.part_score + health.breadth.part_score + health.depth.part_score + health.growth.part_score) / 4);
  });

  test("An account without seats has no breadth, one without customers no score", async (t) => {
    const client = connect(t);
    const [seatless, empty] = [fresh("account"), fresh("account")];
    await record(client, event(fresh("customer"), { account_id: seatless, occurred_at: instant() }));
    await call(client, "UpsertAccounts", { accounts: [{ account_id: empty }] });
    const used = await call(client, "GetAccountHealth", { account_id: seatless, read_time: instant() });
    assert.equal(used.breadth.part_score, undefined);
    assert.notEqual(used.score, undefined);
    const unused = await call(client, "GetAccountHealth", { account_id: empty, read_time: instant() });
    assert.equal(unused.score, undefined);
    assert.equal(unused.status, "ACCOUNT_STATUS_NOT_STARTED");
  });
});
