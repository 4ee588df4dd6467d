using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Server.Tests.Recording;

public sealed class EventRecordingTests
{
    [Fact]
    public async Task Rejections_of_front_and_backend_come_by_rising_index()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnRecord = events =>
            ValueTask.FromResult(
                new WriteResult(
                    1,
                    1,
                    [
                        new Rejection(0, RejectionReason.EventIdConflict, "event_id", "was used before"),
                        new Rejection(3, RejectionReason.LimitExceeded, "type", "too many types"),
                    ],
                    Durability.InOsCache
                )
            );
        var request = Events.Batch(
            Events.Good(),
            Events.Good(e => e.Type = ""),
            Events.Good(),
            Events.Good(),
            Events.Good(e => e.CustomerId = ""),
            Events.Good()
        );

        var response = await front.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", request);

        Assert.Equal((1, 1), (response.AcceptedCount, response.DuplicateCount));
        Assert.Equal([0, 1, 3, 4], response.Rejections.Select(rejection => rejection.Index));
        Assert.Equal(V1.RejectionReason.EventIdConflict, response.Rejections[0].Reason);
        Assert.Equal(V1.Durability.InOsCache, response.Durability);
    }

    [Fact]
    public async Task Duplicate_is_answered_so()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnRecord = _ => ValueTask.FromResult(new WriteResult(0, 1, [], Durability.OnDisk));

        var response = await RecordAsync(front, Events.Good());

        Assert.Equal(V1.RecordEventResponse.Types.Outcome.Duplicate, response.Outcome);
        Assert.Equal(V1.Durability.OnDisk, response.Durability);
    }

    [Theory]
    [InlineData(RejectionReason.EventIdConflict, StatusCode.AlreadyExists, "EVENT_ID_CONFLICT")]
    [InlineData(RejectionReason.LimitExceeded, StatusCode.FailedPrecondition, "LIMIT_EXCEEDED")]
    public async Task Event_that_the_backend_rejects_is_an_error(RejectionReason reason, StatusCode code, string name)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnRecord = _ =>
            ValueTask.FromResult(new WriteResult(0, 0, [new Rejection(0, reason, "type", "why")], Durability.OnDisk));

        var failure = await front.FailAsync<V1.RecordEventRequest, V1.RecordEventResponse>(
            "RecordEvent",
            new V1.RecordEventRequest { Event = Events.Good() }
        );

        Assert.Equal((code, name), (failure.Code, failure.Reason));
        Assert.Equal(["event.type"], failure.Fields);
    }

    [Fact]
    public async Task Batch_over_its_bound_is_refused_whole_and_names_the_limit()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxBatch = 3 });
        var request = Events.Batch(Enumerable.Repeat(Events.Good(), 4));

        var failure = await front.FailAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", request);

        Assert.Equal((StatusCode.InvalidArgument, "BATCH_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["events"], failure.Fields);
        Assert.Equal("3", failure.Metadata["limit"]);
        Assert.Contains("Scoring:MaxBatch", failure.Message, StringComparison.Ordinal);
        Assert.Empty(front.Backend.Batches);
    }

    [Theory]
    [InlineData("", "default")]
    [InlineData("default", "default")]
    [InlineData("trial", "trial")]
    public async Task Empty_workspace_is_the_default_one(string asked, string used)
    {
        await using var front = await Front.StartAsync();
        var request = new V1.RecordEventRequest { Workspace = asked, Event = Events.Good() };

        await front.CallAsync<V1.RecordEventRequest, V1.RecordEventResponse>("RecordEvent", request);

        Assert.Equal(used, front.Backend.Workspace);
    }

    [Fact]
    public async Task Unknown_workspace_is_not_found()
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.RecordEventRequest, V1.RecordEventResponse>(
            "RecordEvent",
            new V1.RecordEventRequest { Workspace = "nowhere", Event = Events.Good() }
        );

        Assert.Equal((StatusCode.NotFound, "WORKSPACE_NOT_FOUND"), (failure.Code, failure.Reason));
        Assert.Equal("nowhere", failure.Metadata["workspace"]);
    }

    [Fact]
    public async Task Customers_and_accounts_are_checked_one_by_one_and_rejections_name_the_place_in_the_request()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnUpsert = _ => new WriteResult(
            1,
            0,
            [new Rejection(1, RejectionReason.LimitExceeded, "attributes", "full")],
            Durability.OnDisk
        );
        var request = new V1.UpsertCustomersRequest
        {
            Customers =
            {
                new V1.Customer { CustomerId = "a", Attributes = { ["plan"] = "pro" } },
                new V1.Customer { CustomerId = "b", Attributes = { ["1st"] = "x" } },
                new V1.Customer { CustomerId = "c" },
                new V1.Customer { CustomerId = "d", Attributes = { ["k"] = new string('x', 257) } },
                new V1.Customer { CustomerId = "" },
            },
        };

        var response = await front.CallAsync<V1.UpsertCustomersRequest, V1.UpsertCustomersResponse>(
            "UpsertCustomers",
            request
        );

        Assert.Equal(1, response.UpsertedCount);
        Assert.Equal(["a", "c"], front.Backend.Customers.Select(customer => customer.CustomerId));
        Assert.Equal(
            [
                (1, V1.RejectionReason.FieldInvalid, "attributes"),
                (2, V1.RejectionReason.LimitExceeded, "attributes"),
                (3, V1.RejectionReason.FieldTooLong, "attributes[k]"),
                (4, V1.RejectionReason.FieldMissing, "customer_id"),
            ],
            response.Rejections.Select(rejection => (rejection.Index, rejection.Reason, rejection.Field))
        );
    }

    [Fact]
    public async Task Seats_are_absent_or_within_their_bound()
    {
        await using var front = await Front.StartAsync();
        var request = new V1.UpsertAccountsRequest
        {
            Accounts =
            {
                new V1.Account { AccountId = "a", SeatCount = 10_000_000 },
                new V1.Account { AccountId = "b", SeatCount = -1 },
                new V1.Account { AccountId = "c" },
                new V1.Account { AccountId = "d", SeatCount = 10_000_001 },
            },
        };

        var response = await front.CallAsync<V1.UpsertAccountsRequest, V1.UpsertAccountsResponse>(
            "UpsertAccounts",
            request
        );

        Assert.Equal([10_000_000, null], front.Backend.Accounts.Select(account => account.Seats));
        Assert.Equal([(1, "seat_count"), (3, "seat_count")], response.Rejections.Select(r => (r.Index, r.Field)));
    }

    private static Task<V1.RecordEventResponse> RecordAsync(Front front, V1.Event item) =>
        front.CallAsync<V1.RecordEventRequest, V1.RecordEventResponse>(
            "RecordEvent",
            new V1.RecordEventRequest { Event = item }
        );
}
