using Scoring.Core.Evaluation;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Has customers do things for some weeks, a part of which is told late, and looks up what an evaluation must say of it.</summary>
/// <param name="host">The host; its models are those of <see cref="Samples.Model"/>, and one that counts logins.</param>
/// <param name="random">Chooses what happens.</param>
internal sealed class OutcomeDiary(BackendHost host, Random random)
{
    private static readonly string[] Crowd = [.. Enumerable.Range(0, 60).Select(i => $"c-{i}")];
    private readonly List<(Sample Event, Instant ReceivedAt)> _events = [];

    /// <summary>Lets things happen and time go by; gives the instants between some of the steps, in between what was received before and after.</summary>
    public async Task<IReadOnlyList<Instant>> KeepAsync(int steps, int[] cutOffsAt)
    {
        var cutOffs = new List<Instant>();
        for (var step = 0; step < steps; step++)
        {
            var events = Enumerable.Range(0, 25).Select(_ => Event()).ToArray();
            _events.AddRange(events.Select(item => (item, host.Now)));
            await host.Record(events);
            host.Clock.Advance(TimeSpan.FromHours(12));
            if (cutOffsAt.Contains(step))
            {
                cutOffs.Add(host.Now);
            }
            host.Clock.Advance(TimeSpan.FromHours(12));
        }
        return cutOffs;
    }

    /// <summary>Who is looked at, at a cut-off: the scores by both models, and whether it happened.</summary>
    public async Task<List<(double[] Scores, bool Happened, string Customer)>> RowsAsync(
        EvaluationQuery query,
        Instant cutOff
    )
    {
        var outcome = (OutcomeRule.OfEvent)query.Outcome;
        Instant? knownAt = query.AsUnderstoodNow ? null : cutOff;
        var rows = new List<(double[], bool, string)>();
        foreach (var customer in Crowd)
        {
            if ((await host.History(customer, knownAt, cutOff))?.Points is not [var point])
            {
                continue;
            }
            var own = _events.FindAll(item => item.Event.Customer == customer);
            var happened = own.FindAll(item => item.Event.Type == outcome.EventType)
                .ConvertAll(item => item.Event.At!.Value);
            if (outcome.CanRecur || !happened.Exists(at => at <= cutOff))
            {
                double logins = own.Count(item =>
                    item.Event.Type == "login"
                    && item.Event.At <= cutOff
                    && (query.AsUnderstoodNow || item.ReceivedAt <= cutOff)
                );
                rows.Add(
                    (
                        [point.Score, logins],
                        happened.Exists(at => at > cutOff && at <= cutOff + query.Horizon),
                        customer
                    )
                );
            }
        }
        return rows;
    }

    /// <summary>How many events occurred up to a cut-off and were received after it.</summary>
    public long LateEvents(Instant cutOff) =>
        _events.Count(item => item.Event.At <= cutOff && item.ReceivedAt > cutOff);

    /// <summary>Of some hours before, or of up to two weeks; complaints are few.</summary>
    private Sample Event() =>
        new(
            Crowd[random.Next(Crowd.Length)],
            $"{Guid.NewGuid()}",
            random.Next(12) == 0 ? "complaint"
                : random.Next(2) == 0 ? "login"
                : "purchase",
            random.Next(3) == 0 ? random.Next(5) / 4.0 : 1,
            host.Now - TimeSpan.FromMinutes(random.Next(random.Next(4) == 0 ? 20_000 : 600))
        );
}
