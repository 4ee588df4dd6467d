from scoring.v1 import customer_pb2, model_pb2, score_pb2

from service import MODEL, PATIENCE, ServiceTest, event, fresh, instant


class Scores(ServiceTest):
    def setUp(self):
        super().setUp()
        self.version = self.put_model().version

    def score(self, customer, **fields):
        fields = {"model": MODEL, "read_time": instant()} | fields
        return self.scoring.GetScore(score_pb2.GetScoreRequest(customer_id=customer, **fields), timeout=PATIENCE)

    def a_customer_worth_28_25_points(self):
        customer = fresh("customer")
        self.record(
            *(event(customer, "purchase", occurred_at=instant(days=14)) for _ in range(4)),
            event(customer, "page_viewed", occurred_at=instant(days=7)),
            event(customer, "invoice_paid", occurred_at=instant(days=3), value=12.5),
            event(customer, "complaint", occurred_at=instant(days=30)),
        )
        return customer

    def test_a_score_explains_itself(self):
        customer = self.a_customer_worth_28_25_points()
        score = self.score(customer)
        self.assertAlmostEqual(score.points, 28.25, places=9)
        self.assertAlmostEqual(score.score, 100 * 28.25 / 80, places=9)
        self.assertAlmostEqual(score.display_score, score.score, places=9)
        self.assertEqual(score.band, "disengaged")
        self.assertEqual((score.model_name, score.model_version), (MODEL, self.version))
        self.assertEqual(score.read_time, instant())
        self.assertEqual(score.last_event_time, instant(days=3))

    def test_contributions_sum_to_the_points(self):
        score = self.score(self.a_customer_worth_28_25_points())
        by_type = {c.event_type: c for c in score.contributions}
        self.assertEqual(set(by_type), {"purchase", "page_viewed", "invoice_paid", "complaint"})
        for type, quantity, points, capped in [
            ("purchase", 4, 30, True),
            ("page_viewed", 0.5, 2, False),
            ("invoice_paid", 12.5, 6.25, False),
            ("complaint", 0.5, -10, False),
        ]:
            with self.subTest(type):
                self.assertAlmostEqual(by_type[type].quantity, quantity, places=9)
                self.assertAlmostEqual(by_type[type].points, points, places=9)
                self.assertEqual(by_type[type].capped, capped)
        self.assertEqual(by_type["invoice_paid"].measure, model_pb2.MEASURE_VALUE)
        self.assertEqual((by_type["complaint"].half_life_days, by_type["complaint"].weight), (30, -20))
        self.assertAlmostEqual(sum(c.points for c in score.contributions), score.points, places=9)

    def test_the_next_band_says_what_it_needs(self):
        score = self.score(self.a_customer_worth_28_25_points())
        self.assertEqual(score.next_band.band, "somewhat")
        self.assertEqual(score.next_band.from_score, 40)
        self.assertTrue(score.next_band.exclusive)
        self.assertAlmostEqual(score.next_band.missing_points, 40 * 80 / 100 - 28.25, places=9)

    def test_the_highest_band_has_no_next_one_and_the_display_score_is_clamped(self):
        customer = fresh("customer")
        self.record(event(customer, "invoice_paid", occurred_at=instant(), value=1000))
        score = self.score(customer)
        self.assertAlmostEqual(score.score, 625)
        self.assertEqual((score.display_score, score.band), (100, "engaged"))
        self.assertFalse(score.HasField("next_band"))

    def test_a_score_may_lie_below_zero(self):
        customer = fresh("customer")
        self.record(event(customer, "complaint", occurred_at=instant()))
        score = self.score(customer)
        self.assertAlmostEqual(score.score, -25)
        self.assertEqual((score.display_score, score.band), (1, "churn_risk"))
        self.assertFalse(score.next_band.exclusive)

    def test_a_late_event_counts_as_if_it_had_come_in_order(self):
        in_order, late = fresh("customer"), fresh("customer")
        for customer, days in ((in_order, (20, 9, 2)), (late, (2, 20, 9))):
            for back in days:
                self.record(event(customer, "page_viewed", occurred_at=instant(days=back)))
        self.assertAlmostEqual(self.score(in_order).score, self.score(late).score, places=9)

    def test_a_score_is_read_as_of_now_unless_told_otherwise(self):
        customer = fresh("customer")
        self.record(event(customer, "purchase"))
        score = self.scoring.GetScore(
            score_pb2.GetScoreRequest(customer_id=customer, model=MODEL), timeout=PATIENCE
        )
        self.assertAlmostEqual(score.points, 10, places=6)
        self.assertGreaterEqual(score.read_time.ToNanoseconds(), score.last_event_time.ToNanoseconds())

    def test_a_score_tells_account_and_attributes(self):
        customer, account = fresh("customer"), fresh("account")
        self.upsert_customers(
            customer_pb2.Customer(customer_id=customer, account_id=account, attributes={"plan": "pro"})
        )
        score = self.score(customer)
        self.assertEqual((score.account_id, dict(score.attributes)), (account, {"plan": "pro"}))
        self.assertFalse(score.HasField("last_event_time"))
        self.assertFalse(score.HasField("momentum"))

    def test_rising_engagement_has_momentum_above_falling(self):
        rising, falling = fresh("customer"), fresh("customer")
        self.record(
            *(event(rising, "page_viewed", occurred_at=instant(hours=i)) for i in range(20)),
            *(event(falling, "page_viewed", occurred_at=instant(days=20, hours=i)) for i in range(20)),
        )
        self.assertGreater(self.score(rising).momentum, 0)
        self.assertLess(self.score(falling).momentum, 0)
        self.assertLessEqual(self.score(rising).momentum, 1)
        self.assertGreaterEqual(self.score(falling).momentum, -1)

    def test_a_batch_of_scores_keeps_the_order_and_names_the_unknown(self):
        first, second, unknown = self.a_customer_worth_28_25_points(), fresh("customer"), fresh("unknown")
        self.record(event(second, "purchase", occurred_at=instant()))
        answer = self.scoring.BatchGetScores(
            score_pb2.BatchGetScoresRequest(
                customer_ids=[second, unknown, first], model=MODEL, read_time=instant()
            ),
            timeout=PATIENCE,
        )
        self.assertEqual([score.customer_id for score in answer.scores], [second, first])
        self.assertEqual(list(answer.not_found_customer_ids), [unknown])
        self.assertEqual(answer.scores[1], self.score(first))

    def test_a_read_time_before_the_newest_event_is_answered_as_of_then(self):
        score = self.score(self.a_customer_worth_28_25_points(), read_time=instant(days=4))
        self.assertEqual((score.read_time, score.last_event_time), (instant(days=4), instant(days=7)))
        quantities = {part.event_type: part.quantity for part in score.contributions}
        # The invoice was yet to come, and the page view was 3 days old, of a half-life of 7.
        self.assertEqual(set(quantities), {"complaint", "page_viewed", "purchase"})
        self.assertAlmostEqual(quantities["page_viewed"], 2 ** (-3 / 7), places=9)
