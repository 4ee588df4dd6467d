import statistics

import grpc
from scoring.v1 import customer_pb2, segment_pb2

from service import MODEL, PATIENCE, ServiceTest, details, event, fresh, instant


class Segments(ServiceTest):
    def setUp(self):
        super().setUp()
        self.put_model()
        self.run_id = fresh("run")

    def stats(self, filter, **fields):
        fields = {"model": MODEL, "read_time": instant()} | fields
        return self.scoring.GetSegmentStats(
            segment_pb2.GetSegmentStatsRequest(filter=filter, **fields), timeout=PATIENCE
        )

    def customers_scored(self, *scores, country="DE"):
        ids = [fresh("customer") for _ in scores]
        self.upsert_customers(
            *(
                customer_pb2.Customer(customer_id=id, attributes={"interop_run": self.run_id, "country": country})
                for id in ids
            )
        )
        # An invoice of 1 is worth half a point, and 80 points are a score of 100.
        self.record(
            *(
                event(id, "invoice_paid", value=score * 1.6, occurred_at=instant(days=day))
                for day, (id, score) in enumerate(zip(ids, scores))
            )
        )
        return ids

    def test_a_segment_is_described_as_if_every_member_had_been_scored(self):
        scores = [-10, 20, 40, 70, 130]
        ids = self.customers_scored(*scores)
        stats = self.stats(
            f'interop_run = "{self.run_id}"',
            percentiles=[0, 50, 90],
            histogram=segment_pb2.HistogramSpec(lower_bound=0, upper_bound=100, bucket_count=2),
            top_count=2,
            bottom_count=1,
            include_event_totals=True,
        )
        self.assertEqual(stats.customer_count, 5)
        self.assertAlmostEqual(stats.mean, statistics.fmean(scores), places=9)
        self.assertAlmostEqual(stats.standard_deviation, statistics.pstdev(scores), places=9)
        self.assertAlmostEqual(stats.min, -10, places=9)
        self.assertAlmostEqual(stats.max, 130, places=9)
        for percentile, (rank, expected) in zip(stats.percentiles, [(0, -10), (50, 40), (90, 106)], strict=True):
            self.assertEqual(percentile.percentile, rank)
            self.assertAlmostEqual(percentile.score, expected, places=9)
        self.assertEqual([bucket.customer_count for bucket in stats.histogram], [1, 2, 1, 1])
        self.assertFalse(stats.histogram[0].HasField("lower_bound"))
        self.assertFalse(stats.histogram[-1].HasField("upper_bound"))
        self.assertEqual(
            [(band.band, band.customer_count, band.share) for band in stats.bands],
            [("churn_risk", 1, 0.2), ("disengaged", 2, 0.4), ("somewhat", 1, 0.2), ("engaged", 1, 0.2)],
        )
        index = stats.engagement_index
        self.assertAlmostEqual(index.engaged, 20)
        self.assertAlmostEqual(index.somewhat_engaged, 20)
        self.assertAlmostEqual(index.not_engaged, 60)
        self.assertEqual([c.customer_id for c in stats.top_customers], [ids[4], ids[3]])
        self.assertEqual([c.customer_id for c in stats.bottom_customers], [ids[0]])
        self.assertEqual([(t.event_type, t.customer_count, t.event_count) for t in stats.event_totals], [("invoice_paid", 5, 5)])
        self.assertAlmostEqual(stats.event_totals[0].value_sum, 1.6 * sum(scores), places=9)
        # One customer was active on each of the five days up to the read time.
        self.assertEqual((stats.activity.dau, stats.activity.wau, stats.activity.mau), (1, 5, 5))
        self.assertAlmostEqual(stats.activity.stickiness_today, 0.2)
        self.assertAlmostEqual(stats.activity.complete_days_mean_dau, 4 / 30)
        self.assertEqual(stats.activity.complete_days_mau, 4)
        self.assertAlmostEqual(stats.activity.stickiness, 1 / 30)

    def test_clauses_joined_by_and_must_all_hold(self):
        self.customers_scored(10, 20, country="DE")
        self.customers_scored(30, country="FR")
        self.assertEqual(self.stats(f'interop_run = "{self.run_id}"').customer_count, 3)
        german = self.stats(f'interop_run = "{self.run_id}" AND country = "DE"')
        self.assertEqual(german.customer_count, 2)
        self.assertAlmostEqual(german.mean, 15, places=9)

    def test_a_value_may_hold_quotes_and_backslashes(self):
        odd = f'a "quoted" \\ {self.run_id}'
        self.upsert_customers(customer_pb2.Customer(customer_id=fresh("customer"), attributes={"interop_run": odd}))
        escaped = odd.replace("\\", "\\\\").replace('"', '\\"')
        self.assertEqual(self.stats(f'interop_run = "{escaped}"').customer_count, 1)

    def test_an_empty_segment_has_absent_figures(self):
        stats = self.stats('interop_run = "nobody"')
        self.assertEqual(stats.customer_count, 0)
        for field in ("mean", "standard_deviation", "min", "max", "engagement_index", "activity"):
            self.assertFalse(stats.HasField(field), field)
        self.assertEqual(len(stats.percentiles), 0)
        self.assertFalse(any(band.HasField("share") for band in stats.bands))

    def test_a_mistake_in_the_filter_is_named(self):
        with self.assertStatus(grpc.StatusCode.INVALID_ARGUMENT) as refused:
            self.stats('country == "DE"')
        _, found = details(refused.error)
        self.assertEqual(found["BadRequest"].field_violations[0].field, "filter")
