using System.Text.Json;
using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;

namespace Scoring.Backend.Specs;

/// <summary>What GetScore told of customers as time went by, each note at least a second after what happened before it and before what happened next: what must be told of then ever after.</summary>
/// <param name="host">The host.</param>
/// <param name="random">Chooses what happens.</param>
internal sealed class ScoreDiary(BackendHost host, Random random)
{
    private static readonly string[] Ids = ["ada", "bob", "eve", "joe"];
    private static readonly string[] Features = ["", "export", "search"];
    private static readonly string[] Plans = ["pro", "free", ""];

    private readonly Dictionary<string, List<CustomerScore>> _notes = [];
    private readonly List<Sample> _recorded = [];

    /// <summary>Terms of every kind, in dimensions that limit.</summary>
    public static ScoringModel Model { get; } =
        Samples.Model() with
        {
            Terms =
            [
                new EventTerm("login", 0, Measure.Count, 1) { Dimension = "use" },
                new EventTerm("login", 7, Measure.Value, 2, Cap: 6) { Dimension = "use" },
                new EventTerm("purchase", 30, Measure.Value, 1.5) { Dimension = "all" },
                new EventTerm("complaint", 7, Measure.Count, -4) { Dimension = "all" },
                new FeatureTerm(["export", "search"], FeatureMeasure.Distinct, 10, 4) { Dimension = "use" },
                new AttributeTerm("plan", ["pro"], [], 10) { Dimension = "all" },
                new ActiveDaysTerm(28, 0.5) { Dimension = "use" },
                new RecencyTerm([], 7, 5) { Dimension = "use" },
            ],
            Dimensions = [new("use", "Use", 30), new("all", "")],
            Floor = -8,
        };

    /// <summary>The customers, those that were deleted left out.</summary>
    public IEnumerable<string> Customers => _notes.Keys;

    /// <summary>What was told of a customer, by time.</summary>
    public IReadOnlyList<CustomerScore> Of(string customer) => _notes[customer];

    /// <summary>Lets things happen and time go by, and notes what is told then.</summary>
    public async Task KeepAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            await HappenAsync(Ids[random.Next(Ids.Length)]);
            host.Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 200_000)));
            foreach (var score in (await host.Scores(null, Ids)).OfType<CustomerScore>())
            {
                _notes.TryAdd(score.CustomerId, []);
                _notes[score.CustomerId].Add(score);
            }
            // What happens next is not known yet at the time of the note.
            host.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Asserts that a score is one that was told, but for rounding.</summary>
    public static void AssertSame(CustomerScore told, CustomerScore score)
    {
        Assert.Equal(told.Score, score.Score, 1e-9);
        Assert.Equal(
            (told.CustomerId, told.AccountId, told.Band, told.Lifecycle, told.ReadTime, told.LastEventTime),
            (score.CustomerId, score.AccountId, score.Band, score.Lifecycle, score.ReadTime, score.LastEventTime)
        );
        Assert.Equal(told.Attributes, score.Attributes);
        Assert.Equal(told.Adjustment?.Adjustment, score.Adjustment?.Adjustment);
        Assert.Equal(
            told.Contributions.Select(of => (TextOf(of.Term), Math.Round(of.Quantity, 8))),
            score.Contributions.Select(of => (TextOf(of.Term), Math.Round(of.Quantity, 8)))
        );

        // Terms that have lists are equal only where these are the same lists.
        static string TextOf(Term term) => JsonSerializer.Serialize(term);
    }

    private async Task HappenAsync(string customer)
    {
        switch (random.Next(11))
        {
            case 10:
                await CorrectAsync(customer);
                break;
            case 0:
                await host.DisturbAsync(random);
                break;
            case 1:
                await host.Upsert(
                    new CustomerUpdate(
                        customer,
                        random.Next(3) == 0 ? "acme" : "",
                        [new("plan", Plans[random.Next(Plans.Length)])]
                    )
                );
                break;
            case 2:
                await IfKnownAsync(() => host.Adjust(customer, Adjustment()));
                break;
            case 3:
                await IfKnownAsync(() => host.RemoveAdjustment(customer, Model.Name));
                break;
            case 4:
                await host.Delete(customer);
                _notes.Remove(customer);
                _recorded.RemoveAll(item => item.Customer == customer);
                break;
            default:
                Sample[] events = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => Event(customer))];
                await host.Record(events);
                _recorded.AddRange(events);
                break;
        }
    }

    /// <summary>Voids some events of a customer, or records others in their place.</summary>
    private async Task CorrectAsync(string customer)
    {
        Sample[] wrong = [.. _recorded.Where(item => item.Customer == customer && random.Next(4) == 0)];
        Sample?[] right = [.. wrong.Select(_ => random.Next(3) == 0 ? Event(customer) : null)];
        await host.Correct([
            .. wrong.Zip(
                right,
                (item, other) =>
                    new EventCorrection(customer, Named(item), other is null ? null : Named(other), $"{item.Id}")
            ),
        ]);
        _recorded.RemoveAll(wrong.Contains);
        _recorded.AddRange(right.OfType<Sample>());

        static CorrectedEvent Named(Sample item) =>
            new(item.Type, item.At!.Value, item.Value, item.Feature, item.Account);
    }

    private static async Task IfKnownAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (ScoringException error)
            when (error.Error is ScoringError.CustomerNotFound or ScoringError.AdjustmentNotFound) { }
    }

    private ScoreAdjustment Adjustment() =>
        new(
            Model.Name,
            random.Next(3) == 0 ? AdjustmentKind.Set : AdjustmentKind.Add,
            random.Next(-20, 60),
            "Renewed.",
            "key k1 (Ada)",
            CreateTime: default,
            random.Next(2) == 0 ? host.Now + TimeSpan.FromMinutes(random.Next(1, 10_000)) : null
        );

    /// <summary>One of the last days, or one that comes weeks late.</summary>
    private Sample Event(string customer) =>
        new(
            customer,
            $"{Guid.NewGuid()}",
            Samples.Types[random.Next(Samples.Types.Count)],
            random.Next(3) == 0 ? random.Next(9) / 4.0 : 1,
            host.Now - TimeSpan.FromMinutes(random.Next(random.Next(4) == 0 ? 60_000 : 3_000)),
            Features[random.Next(Features.Length)],
            random.Next(6) == 0 ? "acme" : ""
        );
}
