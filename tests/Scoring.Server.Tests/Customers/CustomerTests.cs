using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Customers;
using Scoring.Core.Time;
using Scoring.Server.Tests.Access;

namespace Scoring.Server.Tests.Customers;

/// <summary>All that is known of one customer or account, by gRPC and by REST.</summary>
public sealed class CustomerTests
{
    private static readonly Instant At = Instant.From(Front.Now);
    private static readonly Timestamp Midnight = Timestamp.FromDateTime(
        DateTime.SpecifyKind(Front.Now.UtcDateTime.Date, DateTimeKind.Utc)
    );

    private static readonly CustomerDetails Known = new()
    {
        CustomerId = "c-1",
        AccountId = "acme",
        AccountSince = At,
        Attributes = [new("plan", "pro")],
        Lifecycle = Scoring.Core.Lifecycles.Lifecycle.Churned,
        EndedAt = At,
        FirstDay = At.UtcDay - 3,
        LastEvent = At,
        Events = [new("purchase", 3, 7.5, [new(7, 1.5, 3.5), new(30, 2, 5)], At.UtcDay)],
        Features = [new("export", At.UtcDay, 4)],
        ActiveDays = [At.UtcDay - 3, At.UtcDay],
        ReadTime = At,
    };

    [Fact]
    public async Task A_customer_is_given_with_all_that_is_known_of_it()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnCustomer = id => id == "c-1" ? Known : null;

        var customer = await Client(front).GetCustomerAsync(new() { CustomerId = "c-1" }, cancellationToken: Token);

        var now = Timestamp.FromDateTimeOffset(Front.Now);
        var expected = new V1.CustomerDetails
        {
            CustomerId = "c-1",
            AccountId = "acme",
            AccountAssignTime = now,
            Attributes = { ["plan"] = "pro" },
            Lifecycle = V1.Lifecycle.Churned,
            EndTime = now,
            FirstDay = Midnight - Duration.FromTimeSpan(TimeSpan.FromDays(3)),
            LastEventTime = now,
            Events =
            {
                new V1.CustomerEvents
                {
                    EventType = "purchase",
                    EventCount = 3,
                    ValueSum = 7.5,
                    LastDay = Midnight,
                    Decayed =
                    {
                        new V1.DecayedEvents
                        {
                            HalfLifeDays = 7,
                            EventCount = 1.5,
                            ValueSum = 3.5,
                        },
                        new V1.DecayedEvents
                        {
                            HalfLifeDays = 30,
                            EventCount = 2,
                            ValueSum = 5,
                        },
                    },
                },
            },
            Features =
            {
                new V1.CustomerFeature
                {
                    Feature = "export",
                    UseCount = 4,
                    LastUseDay = Midnight,
                },
            },
            ActiveDays = { Midnight - Duration.FromTimeSpan(TimeSpan.FromDays(3)), Midnight },
            ReadTime = now,
        };
        Assert.Equal(expected, customer);
        Assert.Equal("default", front.Backend.Workspace);
    }

    [Fact]
    public async Task What_is_not_known_of_a_customer_is_absent()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnCustomer = _ =>
            Known with
            {
                AccountId = "",
                AccountSince = null,
                EndedAt = null,
                LastEvent = null,
                Events = [Known.Events[0] with { LastDay = null }],
                ActiveDays = [],
            };

        using var answer = await front.Http.GetAsync("/v1/workspaces/default/customers/c-1", Token);

        using var customer = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
        foreach (var absent in new[] { "accountAssignTime", "endTime", "returnTime", "lastEventTime" })
        {
            Assert.False(
                customer.RootElement.TryGetProperty(absent, out var value) && value.ValueKind != JsonValueKind.Null
            );
        }
        Assert.Null(V1.CustomerDetails.Parser.ParseJson(customer.RootElement.GetRawText()).Events[0].LastDay);
    }

    [Fact]
    public async Task An_account_is_given_with_what_is_known_of_it()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnAccountDetails = id =>
            id == "acme" ? new AccountDetails(id, IsUpserted: true, 8, [new("tier", "gold")], 3) : null;

        using var answer = await front.Http.GetAsync("/v1/accounts/acme", Token);

        var account = V1.AccountDetails.Parser.ParseJson(await answer.Content.ReadAsStringAsync(Token));
        var expected = new V1.AccountDetails
        {
            AccountId = "acme",
            SeatCount = 8,
            Attributes = { ["tier"] = "gold" },
            CustomerCount = 3,
            Upserted = true,
        };
        Assert.Equal(expected, account);
    }

    [Theory]
    [InlineData("", StatusCode.InvalidArgument, "FIELD_MISSING")]
    [InlineData("nobody", StatusCode.NotFound, "_NOT_FOUND")]
    public async Task A_wrong_id_is_refused_with_its_field(string id, StatusCode code, string reason)
    {
        await using var front = await Front.StartAsync();

        var customer = await FailAsync(
            Client(front).GetCustomerAsync(new() { CustomerId = id }, cancellationToken: Token).ResponseAsync
        );
        var account = await FailAsync(
            Client(front).GetAccountAsync(new() { AccountId = id }, cancellationToken: Token).ResponseAsync
        );

        Assert.Equal((code, code), (customer.Code, account.Code));
        Assert.EndsWith(reason, customer.Reason, StringComparison.Ordinal);
        Assert.EndsWith(reason, account.Reason, StringComparison.Ordinal);
        var isField = code == StatusCode.InvalidArgument;
        Assert.Equal(isField ? ["customer_id"] : [], customer.Fields);
        Assert.Equal(isField ? ["account_id"] : [], account.Fields);
    }

    [Fact]
    public async Task Customers_are_merged_by_gRPC_and_by_REST()
    {
        await using var front = await Front.StartAsync();
        var asked = new List<string>();
        front.Backend.OnMerge = (id, merged) =>
        {
            asked.Add($"{front.Backend.Workspace} {id} {string.Join(",", merged)}");
            return Known with { CustomerId = $"survivor of {id}" };
        };

        var merged = await Client(front)
            .MergeCustomersAsync(
                new() { CustomerId = "ada", MergedCustomerIds = { "anon-1", "anon-2" } },
                cancellationToken: Token
            );
        using var body = JsonContent.Create(new { merged_customer_ids = new[] { "anon-3" } });
        using var response = await front.Http.PostAsync("/v1/customers/ada:merge", body, Token);
        using var other = await front.Http.PostAsync("/v1/workspaces/default/customers/ada:merge", body, Token);

        Assert.Equal("survivor of ada", merged.CustomerId);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (response.StatusCode, other.StatusCode));
        Assert.Contains("survivor of ada", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(["default ada anon-1,anon-2", "default ada anon-3", "default ada anon-3"], asked);
    }

    [Fact]
    public async Task What_is_wrong_with_a_merge_is_told_with_every_field()
    {
        await using var front = await Front.StartAsync();

        var nothing = await FailAsync(Client(front).MergeCustomersAsync(new(), cancellationToken: Token).ResponseAsync);
        var ids = await FailAsync(
            Client(front)
                .MergeCustomersAsync(
                    new() { CustomerId = "a\tb", MergedCustomerIds = { "", "c", new string('x', 300) } },
                    cancellationToken: Token
                )
                .ResponseAsync
        );
        var many = await FailAsync(
            Client(front)
                .MergeCustomersAsync(
                    new() { CustomerId = "a", MergedCustomerIds = { Enumerable.Range(0, 101).Select(i => $"c{i}") } },
                    cancellationToken: Token
                )
                .ResponseAsync
        );
        front.Backend.OnMerge = (_, _) => throw Refusals.MergedElsewhere("anon", "bob");
        var elsewhere = await FailAsync(
            Client(front)
                .MergeCustomersAsync(
                    new() { CustomerId = "a", MergedCustomerIds = { "anon" } },
                    cancellationToken: Token
                )
                .ResponseAsync
        );

        Assert.Equal(["customer_id", "merged_customer_ids"], nothing.Fields);
        Assert.Equal(["customer_id", "merged_customer_ids[0]", "merged_customer_ids[2]"], ids.Fields);
        Assert.Equal(["merged_customer_ids"], many.Fields);
        Assert.Equal((StatusCode.FailedPrecondition, "CUSTOMER_MERGED"), (elsewhere.Code, elsewhere.Reason));
        Assert.Contains("merge 'bob'", elsewhere.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_is_in_the_audit_log_under_a_keyed_hash_of_the_id_and_not_under_the_id()
    {
        await using var front = await GuardedFront.StartAsync();
        front.Front.Backend.OnCustomer = id => Known with { CustomerId = id };
        front.Front.Backend.OnAccountDetails = id => new AccountDetails(id, IsUpserted: true, 8, [], 3);
        var customers = new V1.CustomerService.CustomerServiceClient(front.Invoker(""));

        var ada = await customers.DeleteCustomerAsync(new() { CustomerId = "ada" }, cancellationToken: Token);
        var again = await customers.DeleteCustomerAsync(new() { CustomerId = "ada" }, cancellationToken: Token);
        var bob = await customers.DeleteCustomerAsync(new() { CustomerId = "bob" }, cancellationToken: Token);
        var acme = await customers.DeleteAccountAsync(
            new() { AccountId = "ada", ReleaseCustomers = true },
            cancellationToken: Token
        );
        front.Front.Backend.OnCustomer = id => Known with { CustomerId = id == "visitor" ? "bob" : id };
        var visitor = await customers.DeleteCustomerAsync(new() { CustomerId = "visitor" }, cancellationToken: Token);
        front.Front.Backend.OnDeleteCustomer = _ => throw new ScoringException(ScoringError.Unavailable, "Away.");
        await GuardedFront.FailAsync(() =>
            customers.DeleteCustomerAsync(new() { CustomerId = "ada" }, cancellationToken: Token).ResponseAsync
        );

        Assert.Matches("^customer hmac-sha256:[0-9a-f]{64}$", ada.AuditTarget);
        Assert.Equal(ada, again);
        Assert.Equal(bob, visitor);
        Assert.Distinct([ada.AuditTarget, bob.AuditTarget, acme.AuditTarget]);
        var entries = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries;
        Assert.Equal(
            [
                ("DeleteCustomer", ada.AuditTarget, "Away."),
                ("DeleteCustomer", ada.AuditTarget, ""),
                ("DeleteCustomer", bob.AuditTarget, ""),
                ("DeleteAccount", acme.AuditTarget, ""),
                ("DeleteCustomer", bob.AuditTarget, ""),
                ("DeleteCustomer", ada.AuditTarget, ""),
                ("DeleteCustomer", ada.AuditTarget, ""),
            ],
            entries.Select(entry => (entry.Method, entry.Target, entry.Failure))
        );
    }

    [Fact]
    public async Task What_cannot_be_deleted_is_refused_and_not_noted()
    {
        await using var front = await GuardedFront.StartAsync();
        var customers = new V1.CustomerService.CustomerServiceClient(front.Invoker(""));

        var nobody = await FailAsync(
            customers.DeleteCustomerAsync(new() { CustomerId = "nobody" }, cancellationToken: Token).ResponseAsync
        );
        var unknown = await FailAsync(
            customers.DeleteAccountAsync(new() { AccountId = "nobody" }, cancellationToken: Token).ResponseAsync
        );
        front.Front.Backend.OnAccountDetails = id => new AccountDetails(id, IsUpserted: true, 8, [], 3);
        var inUse = await FailAsync(
            customers.DeleteAccountAsync(new() { AccountId = "acme" }, cancellationToken: Token).ResponseAsync
        );

        Assert.Equal((StatusCode.NotFound, "CUSTOMER_NOT_FOUND"), (nobody.Code, nobody.Reason));
        Assert.Equal((StatusCode.NotFound, "ACCOUNT_NOT_FOUND"), (unknown.Code, unknown.Reason));
        Assert.Equal((StatusCode.FailedPrecondition, "ACCOUNT_IN_USE"), (inUse.Code, inUse.Reason));
        Assert.Contains("3 customers belong to the account 'acme'", inUse.Message, StringComparison.Ordinal);
        Assert.Empty((await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries);
    }

    [Fact]
    public async Task Customers_and_accounts_are_deleted_by_REST()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnCustomer = id => id == "c-1" ? Known : null;
        front.Backend.OnAccountDetails = id => new AccountDetails(id, IsUpserted: true, null, [], 3);
        var asked = new List<string>();
        front.Backend.OnDeleteCustomer = id =>
        {
            asked.Add(id);
            return new(true);
        };
        front.Backend.OnDeleteAccount = (id, release) =>
        {
            asked.Add($"{id} {release}");
            return new(true);
        };

        using var customer = await front.Http.DeleteAsync("/v1/customers/c-1", Token);
        using var nobody = await front.Http.DeleteAsync("/v1/workspaces/default/customers/c-2", Token);
        using var account = await front.Http.DeleteAsync("/v1/accounts/acme?release_customers=true", Token);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.OK),
            (customer.StatusCode, nobody.StatusCode, account.StatusCode)
        );
        Assert.Equal(["c-1", "acme True"], asked);
    }

    private static async Task<CallFailure> FailAsync(Task call) =>
        CallFailure.Of(await Assert.ThrowsAsync<RpcException>(() => call));

    private static V1.CustomerService.CustomerServiceClient Client(Front front) => new(front.Channel);

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
