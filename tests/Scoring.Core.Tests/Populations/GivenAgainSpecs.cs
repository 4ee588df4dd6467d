using System.Buffers;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Tests.Populations;

/// <summary>The number of a name that was removed is given to another one, which takes over nothing of it.</summary>
public sealed class GivenAgainSpecs
{
    private static readonly WorkspaceSettings Settings = Samples.Workspace with
    {
        PassiveEventTypes = ["mail_sent"],
        Lifecycle = new() { EndingEventTypes = ["cancelled"], ReturningEventTypes = [] },
    };

    [Fact]
    public void A_name_that_a_merged_customer_brings_is_scored_though_nobody_had_it_when_the_model_was_read_first()
    {
        var model = Samples.Model(new EventTerm("purchase", 0, Measure.Count, 3));
        var population = WithoutItsName();
        Assert.Equal(0, population.Score("c-1", model).Points);

        population.Adopt("c-1", Stored("purchase"), Samples.Noon);

        Assert.Equal(3, population.Score("c-1", model).Points);
    }

    [Fact]
    public void What_a_merged_customer_brings_ends_the_relationship_and_makes_active_by_its_own_name()
    {
        var population = WithoutItsName();
        population.Adopt("c-1", Stored("mail_sent"), Samples.Noon);
        population.Record("c-1", "mail_sent", Samples.Noon);
        Assert.DoesNotContain(Samples.Noon.UtcDay, population.Describe(0, Samples.Noon).ActiveDays);

        population = WithoutItsName();
        population.Adopt("c-1", Stored("cancelled"), Samples.DaysAgo(-1));
        population.Record("c-1", "cancelled", Samples.Noon);
        Assert.Equal(Samples.Noon, population.Describe(0, Samples.Noon).EndedAt);
    }

    [Fact]
    public void Every_name_takes_up_room_once()
    {
        var population = WithoutItsName();

        population.Adopt("c-1", Stored("purchase"), Samples.Noon);

        Assert.Equal(1, population.NameRooms.Single(room => room.Kind == NameKind.EventType).Used);
    }

    /// <summary>A customer whose only event type was removed.</summary>
    private static Population WithoutItsName()
    {
        var population = new Population(Settings);
        population.Record("c-1", "visit", Samples.DaysAgo(40));
        var removal = population.BeginRemoval([new(NameKind.EventType, "visit")]);
        Assert.True(population.Remove(removal, row: 0));
        population.EndRemoval(removal);
        return population;
    }

    private static byte[] Stored(string type)
    {
        var population = new Population(Settings);
        population.Record("c-2", type, Samples.DaysAgo(30));
        var target = new ArrayBufferWriter<byte>();
        population.Write(0, target);
        return target.WrittenSpan.ToArray();
    }
}
