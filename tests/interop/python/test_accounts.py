import grpc
from google.protobuf import duration_pb2
from scoring.v1 import account_pb2, customer_pb2

from service import PATIENCE, ServiceTest, details, event, fresh, instant


class Accounts(ServiceTest):
    def health(self, account, **fields):
        fields = {"read_time": instant()} | fields
        return self.scoring.GetAccountHealth(
            account_pb2.GetAccountHealthRequest(account_id=account, **fields), timeout=PATIENCE
        )

    def test_health_tells_frequency_breadth_depth_and_growth(self):
        account, anna, ben, cleo = fresh("account"), fresh("anna"), fresh("ben"), fresh("cleo")
        self.upsert_accounts(account_pb2.Account(account_id=account, seat_count=4, attributes={"industry": "EdTech"}))
        used = [(anna, 3), (anna, 2), (anna, 1), (anna, 1), (ben, 3), (cleo, 45)]
        self.record(
            *(
                event(customer, "feature_used", account_id=account, feature="export", occurred_at=instant(days=days))
                for customer, days in used
            )
        )
        health = self.health(account)
        self.assertEqual((health.account_id, health.customer_count, health.window.seconds), (account, 3, 30 * 86_400))
        self.assertEqual(dict(health.attributes), {"industry": "EdTech"})
        self.assertEqual(health.status, account_pb2.ACCOUNT_STATUS_GROWING)
        self.assertEqual(health.frequency.active_day_count, 4)
        self.assertAlmostEqual(health.frequency.active_days_per_active_customer, 2)
        self.assertAlmostEqual(health.frequency.part_score, 100 * 2 / (30 * 5 / 7), places=9)
        self.assertEqual((health.breadth.active_customer_count, health.breadth.seat_count, health.breadth.part_score), (2, 4, 50))
        self.assertEqual(health.depth.used_feature_count, 1)
        self.assertAlmostEqual(health.depth.part_score, 100 / health.depth.key_feature_count, places=9)
        self.assertEqual((health.growth.active_day_count, health.growth.previous_active_day_count), (4, 1))
        self.assertAlmostEqual(health.growth.change, 3)
        self.assertAlmostEqual(health.growth.part_score, 80)
        parts = [health.frequency.part_score, health.breadth.part_score, health.depth.part_score, health.growth.part_score]
        self.assertAlmostEqual(health.score, sum(parts) / 4, places=9)
        self.assertEqual(sum(band.customer_count for band in health.bands), 3)

    def test_the_window_can_be_chosen(self):
        account, customer = fresh("account"), fresh("customer")
        self.record(
            event(customer, account_id=account, occurred_at=instant(days=2)),
            event(customer, account_id=account, occurred_at=instant(days=9)),
            event(customer, account_id=account, occurred_at=instant(days=10)),
        )
        week = self.health(account, window=duration_pb2.Duration(seconds=7 * 86_400))
        self.assertEqual((week.growth.active_day_count, week.growth.previous_active_day_count), (1, 2))
        self.assertEqual(week.status, account_pb2.ACCOUNT_STATUS_CHURNING)

    def test_an_account_without_seats_has_no_breadth(self):
        account = fresh("account")
        self.record(event(fresh("customer"), account_id=account, occurred_at=instant()))
        health = self.health(account)
        self.assertFalse(health.breadth.HasField("seat_count"))
        self.assertFalse(health.breadth.HasField("part_score"))
        self.assertTrue(health.HasField("score"))

    def test_an_account_without_customers_has_not_started(self):
        account = fresh("account")
        self.upsert_accounts(account_pb2.Account(account_id=account, attributes={"industry": "EdTech"}))
        health = self.health(account)
        self.assertEqual((health.customer_count, health.status), (0, account_pb2.ACCOUNT_STATUS_NOT_STARTED))
        self.assertFalse(health.HasField("score"))
        self.assertFalse(health.frequency.HasField("part_score"))
        self.assertFalse(health.growth.HasField("part_score"))

    def test_an_unknown_account_is_not_found(self):
        with self.assertStatus(grpc.StatusCode.NOT_FOUND) as refused:
            self.health(fresh("unknown"))
        _, found = details(refused.error)
        self.assertEqual(found["ErrorInfo"].reason, "ACCOUNT_NOT_FOUND")


class Upserts(ServiceTest):
    def test_a_bad_customer_is_rejected_by_its_index(self):
        answer = self.scoring.UpsertCustomers(
            customer_pb2.UpsertCustomersRequest(
                customers=[
                    customer_pb2.Customer(customer_id=fresh("customer"), attributes={"plan": "pro"}),
                    customer_pb2.Customer(customer_id=fresh("customer"), attributes={"no spaces": "x"}),
                ]
            ),
            timeout=PATIENCE,
        )
        self.assertEqual((answer.upserted_count, [r.index for r in answer.rejections]), (1, [1]))

    def test_a_bad_account_is_rejected_by_its_index(self):
        answer = self.scoring.UpsertAccounts(
            account_pb2.UpsertAccountsRequest(
                accounts=[
                    account_pb2.Account(account_id=""),
                    account_pb2.Account(account_id=fresh("account"), seat_count=3),
                    account_pb2.Account(account_id=fresh("account"), seat_count=-1),
                ]
            ),
            timeout=PATIENCE,
        )
        self.assertEqual(answer.upserted_count, 1)
        self.assertEqual([(r.index, r.field) for r in answer.rejections], [(0, "account_id"), (2, "seat_count")])
