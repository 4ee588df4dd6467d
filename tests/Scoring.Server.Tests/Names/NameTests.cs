using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.Names;

namespace Scoring.Server.Tests.Names;

public sealed class NameTests
{
    private static readonly NameUse Login = new(new(NameKind.EventType, "login"), 20_000, 7, ["model engagement"]);
    private static readonly NameUse Junk = new(new(NameKind.EventType, "junk"), null, 1, []);
    private static readonly NameUse Plan = new(new(NameKind.CustomerAttribute, "plan"), 20_001, 3, []);

    [Fact]
    public async Task Names_come_in_pages_with_the_room_that_is_left()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Names = new([Junk, Login, Plan], [new(NameKind.EventType, 800, 1_000)]);

        var first = await List(front, new() { PageSize = 2 });
        var second = await List(front, new() { PageSize = 2, PageToken = first.NextPageToken });

        Assert.Equal(["junk", "login"], first.Names.Select(n => n.Name));
        Assert.Equal(["plan"], second.Names.Select(n => n.Name));
        Assert.Equal("", second.NextPageToken);
        Assert.Equal(["model engagement"], first.Names[1].UsedBy);
        Assert.Equal(new DateTime(2024, 10, 4), first.Names[1].LastUseTime.ToDateTime());
        Assert.Null(first.Names[0].LastUseTime);
        var room = Assert.Single(first.Rooms);
        Assert.Equal((800, 1_000, true), (room.UsedCount, room.Limit, room.NearlyFull));
        var attributes = await List(front, new() { Kind = V1.NameKind.CustomerAttribute });
        Assert.Equal(["plan"], attributes.Names.Select(n => n.Name));
    }

    [Fact]
    public async Task Pruning_is_asked_for_as_it_was_said()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Names = new([Junk, Login, Plan], []);

        var response = await front.CallAsync<V1.PruneNamesRequest, V1.PruneNamesResponse>(
            "PruneNames",
            new()
            {
                Names = { "*n*" },
                Kind = V1.NameKind.EventType,
                UnusedFor = Duration.FromTimeSpan(TimeSpan.Zero),
                ValidateOnly = true,
            }
        );

        Assert.Equal((1, "junk"), (response.PrunedCount, Assert.Single(response.Pruned).Name));
        Assert.Equal("login", Assert.Single(response.Kept).Name);
        var pruning = front.Backend.Pruning!;
        Assert.Equal((NameKind.EventType, TimeSpan.Zero, true), (pruning.Kind, pruning.UnusedFor, pruning.DryRun));
    }

    [Fact]
    public async Task What_is_out_of_its_range_is_refused()
    {
        await using var front = await Front.StartAsync();

        var failures = new[]
        {
            await front.FailAsync<V1.ListNamesRequest, V1.ListNamesResponse>("ListNames", new() { PageSize = -1 }),
            await front.FailAsync<V1.ListNamesRequest, V1.ListNamesResponse>("ListNames", new() { PageToken = "x" }),
            await front.FailAsync<V1.ListNamesRequest, V1.ListNamesResponse>(
                "ListNames",
                new() { Kind = (V1.NameKind)9 }
            ),
            await front.FailAsync<V1.PruneNamesRequest, V1.PruneNamesResponse>("PruneNames", new() { Names = { "" } }),
            await front.FailAsync<V1.PruneNamesRequest, V1.PruneNamesResponse>(
                "PruneNames",
                new() { UnusedFor = new Duration { Seconds = -1 } }
            ),
        };

        Assert.All(failures, failure => Assert.Equal(StatusCode.InvalidArgument, failure.Code));
    }

    private static Task<V1.ListNamesResponse> List(Front front, V1.ListNamesRequest request) =>
        front.CallAsync<V1.ListNamesRequest, V1.ListNamesResponse>("ListNames", request);
}
