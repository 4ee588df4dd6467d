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
        self.upsert_accounts(account_pb2.Account(account_id=account, seats=4, attributes={"industry": "EdTech"}))
        used = [(anna, 3), (anna, 2), (anna, 1), (anna, 1), (ben, 3), (cleo, 45)]
        self.record(
            *(
                event(customer, "feature_used", account_id=account, feature="export", occurred_at=instant(days=days))
                for customer, days in used
            )
        )
        health = self.health(account)
        self.assertEqual((health.account_id, health.customers, health.window.seconds), (account, 3, 30 * 86_400))
        self.assertEqual(dict(health.attributes), {"industry": "EdTech"})
        self.assertEqual(health.status, account_pb2.ACCOUNT_STATUS_GROWING)
        self.assertEqual(health.frequency.active_days, 4)
        self.assertAlmostEqual(health.frequency.active_days_per_active_customer, 2)
        self.assertAlmostEqual(health.frequency.part, 100 * 2 / (30 * 5 / 7), places=9)
        self.assertEqual((health.breadth.active_customers, health.breadth.seats, health.breadth.part), (2, 4, 50))
        self.assertEqual(health.depth.features_used, 1)
        self.assertAlmostEqual(health.depth.part, 100 / health.depth.key_features, places=9)
        self.assertEqual((health.growth.active_days, health.growth.previous_active_days), (4, 1))
        self.assertAlmostEqual(health.growth.change, 3)
        self.assertAlmostEqual(health.growth.part, 80)
        parts = [health.frequency.part, health.breadth.part, health.depth.part, health.growth.part]
        self.assertAlmostEqual(health.score, sum(parts) / 4, places=9)
        self.assertEqual(sum(band.customers for band in health.bands), 3)

    def test_the_window_can_be_chosen(self):
        account, customer = fresh("account"), fresh("customer")
        self.record(
            event(customer, account_id=account, occurred_at=instant(days=2)),
            event(customer, account_id=account, occurred_at=instant(days=9)),
            event(customer, account_id=account, occurred_at=instant(days=10)),
        )
        week = self.health(account, window=duration_pb2.Duration(seconds=7 * 86_400))
        self.assertEqual((week.growth.active_days, week.growth.previous_active_days), (1, 2))
        self.assertEqual(week.status, account_pb2.ACCOUNT_STATUS_CHURNING)

    def test_an_account_without_seats_has_no_breadth(self):
        account = fresh("account")
        self.record(event(fresh("customer"), account_id=account, occurred_at=instant()))
        health = self.health(account)
        self.assertFalse(health.breadth.HasField("seats"))
        self.assertFalse(health.breadth.HasField("part"))
        self.assertTrue(health.HasField("score"))

    def test_nothing_can_be_said_of_an_account_without_customers(self):
        account = fresh("account")
        self.upsert_accounts(account_pb2.Account(account_id=account, attributes={"industry": "EdTech"}))
        health = self.health(account)
        self.assertEqual((health.customers, health.status), (0, account_pb2.ACCOUNT_STATUS_UNSPECIFIED))
        self.assertFalse(health.HasField("score"))
        self.assertFalse(health.frequency.HasField("part"))
        self.assertFalse(health.growth.HasField("part"))

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
        self.assertEqual((answer.upserted, [r.index for r in answer.rejections]), (1, [1]))

    def test_a_bad_account_is_rejected_by_its_index(self):
        answer = self.scoring.UpsertAccounts(
            account_pb2.UpsertAccountsRequest(
                accounts=[
                    account_pb2.Account(account_id=""),
                    account_pb2.Account(account_id=fresh("account"), seats=3),
                    account_pb2.Account(account_id=fresh("account"), seats=-1),
                ]
            ),
            timeout=PATIENCE,
        )
        self.assertEqual(answer.upserted, 1)
        self.assertEqual([(r.index, r.field) for r in answer.rejections], [(0, "account_id"), (2, "seats")])
