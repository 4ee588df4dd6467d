using Scoring.Core.Accounts;
using Scoring.Core.History;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <content>Why the health of an account changed.</content>
internal sealed partial class NaiveAccounts
{
    /// <summary>The account at one step from an instant to another.</summary>
    private sealed record Stage(
        AccountChangeKind Kind,
        string Subject,
        Dictionary<string, State> Members,
        int? Seats,
        HashSet<string> Key,
        int Today
    );

    /// <summary>What the health changes by, each by its step, dimension and feature, none of 0.</summary>
    public IReadOnlyList<AccountHealthPart> Change(
        string account,
        int windowDays,
        Instant from,
        Instant to,
        Instant? knownAt
    )
    {
        var stages = StagesOf(account, from, to, knownAt);
        var parts = new List<AccountHealthPart>();
        for (var i = 1; i < stages.Count; i++)
        {
            var (old, now) = (stages[i - 1], stages[i]);
            double?[] dimensions =
            [
                FrequencyOf(old, windowDays).Part,
                BreadthOf(old, windowDays).Part,
                DepthOf(old, UsedIn(old, windowDays)),
                GrowthOf(old, windowDays).Part,
            ];
            Replace(HealthDimension.Frequency, FrequencyOf(now, windowDays).Part);
            Replace(HealthDimension.Breadth, BreadthOf(now, windowDays).Part);
            var used = UsedIn(old, windowDays);
            Replace(HealthDimension.Depth, DepthOf(now, used));
            foreach (var feature in (string[])["export", "search", "share"])
            {
                if (UsedIn(now, windowDays).Contains(feature) != used.Contains(feature))
                {
                    used.SymmetricExceptWith([feature]);
                    Replace(HealthDimension.Depth, DepthOf(now, used), feature);
                }
            }
            Replace(HealthDimension.Growth, GrowthOf(now, windowDays).Part);

            void Replace(HealthDimension dimension, double? part, string feature = "")
            {
                var before = MicrosOf(dimensions);
                dimensions[(int)dimension - 1] = part;
                if (MicrosOf(dimensions) - before is var micros and not 0)
                {
                    parts.Add(new(dimension, now.Kind, now.Subject, feature, 0, 0, micros));
                }
            }
        }
        return parts;
    }

    private static long MicrosOf(double?[] dimensions) =>
        (long)Math.Round(1e6 * (dimensions.OfType<double>().DefaultIfEmpty(0).Average()));

    private List<Stage> StagesOf(string account, Instant from, Instant to, Instant? knownAt)
    {
        var before = _customers.Keys.ToDictionary(id => id, id => StateOf(id, from, knownAt));
        var after = _customers.Keys.ToDictionary(id => id, id => StateOf(id, to, knownAt));
        string[] members = [.. _customers.Keys.Where(id => after[id]?.Account == account)];
        var now = before
            .Where(of => of.Value?.Account == account)
            .ToDictionary(of => of.Key, of => StateOf(of.Key, from, knownAt)!);
        var seats = (RecordOf(account, from, knownAt)?.Seats, RecordOf(account, to, knownAt)?.Seats);
        var stages = new List<Stage>
        {
            new(AccountChangeKind.Time, "", Copy(now), seats.Item1, KeyOf(before.Values), from.UtcDay),
            new(AccountChangeKind.Time, "", Copy(now), seats.Item1, KeyOf(before.Values), to.UtcDay),
            new(AccountChangeKind.Seats, "", Copy(now), seats.Item2, KeyOf(before.Values), to.UtcDay),
            new(AccountChangeKind.KeyFeatures, "", Copy(now), seats.Item2, KeyOf(after.Values), to.UtcDay),
        };
        foreach (var (kind, isMerged) in new[] { (AccountChangeKind.Left, false), (AccountChangeKind.Merged, true) })
        {
            foreach (var id in now.Keys.Where(id => !members.Contains(id) && after[id] is null == isMerged).ToList())
            {
                now.Remove(id);
            }
            Add(kind);
        }
        foreach (var (kind, isNew) in new[] { (AccountChangeKind.Joined, false), (AccountChangeKind.New, true) })
        {
            foreach (var id in members.Where(id => !now.ContainsKey(id) && before[id] is null == isNew).ToList())
            {
                now.Add(id, StateOf(id, from, knownAt) ?? new State());
            }
            Add(kind);
        }
        foreach (var (id, thing) in ThingsOf<Adopted>())
        {
            now[id].Adopt(thing.State);
        }
        Add(AccountChangeKind.Adopted);
        foreach (var type in ThingsOf<Event>().GroupBy(of => of.Thing.Sample.Type).OrderBy(of => of.Key))
        {
            foreach (var (id, thing) in type.Where(_ => !settings.PassiveEventTypes.Contains(type.Key)))
            {
                now[id].Use(thing.OccurredAt.UtcDay, thing.Sample.Feature);
            }
            Add(AccountChangeKind.Events, type.Key);
        }
        return stages;

        void Add(AccountChangeKind kind, string subject = "") =>
            stages.Add(new(kind, subject, Copy(now), seats.Item2, KeyOf(after.Values), to.UtcDay));

        IEnumerable<(string Id, T Thing)> ThingsOf<T>()
            where T : Thing =>
            members.SelectMany(id =>
                _customers[id]
                    .OfType<T>()
                    .Where(thing =>
                        (thing as Event)?.OccurredAt is var occurred
                        && (occurred ?? thing.At) is var since
                        && since > from
                        && since <= to
                        && !(thing.At > knownAt)
                    )
                    .Select(thing => (id, thing))
            );
    }

    private HashSet<string> KeyOf(IEnumerable<State?> everybody) =>
        settings.KeyFeatures.Count > 0
            ? [.. settings.KeyFeatures]
            : [.. everybody.OfType<State>().SelectMany(state => state.Features.Keys)];

    private static Dictionary<string, State> Copy(Dictionary<string, State> members) =>
        members.ToDictionary(
            of => of.Key,
            of =>
            {
                var copy = new State();
                copy.Adopt(of.Value);
                return copy;
            }
        );

    private static long DaysOf(Stage stage, int first, int last) =>
        stage.Members.Values.Sum(state => state.Days.LongCount(day => day >= first && day <= last));

    private static long ActiveIn(Stage stage, int windowDays) =>
        stage.Members.Values.LongCount(state => state.Days.Any(day => day > stage.Today - windowDays));

    private static Frequency FrequencyOf(Stage stage, int windowDays) =>
        new(
            stage.Members.Count,
            ActiveIn(stage, windowDays),
            DaysOf(stage, stage.Today - windowDays + 1, stage.Today),
            windowDays
        );

    private static Breadth BreadthOf(Stage stage, int windowDays) => new(ActiveIn(stage, windowDays), stage.Seats);

    private static double? DepthOf(Stage stage, HashSet<string> used) =>
        new Depth(stage.Members.Count, stage.Key.Count(used.Contains), stage.Key.Count).Part;

    private static HashSet<string> UsedIn(Stage stage, int windowDays) =>
        [
            .. stage
                .Members.Values.SelectMany(state => state.Features)
                .Where(use => use.Value > stage.Today - windowDays)
                .Select(use => use.Key),
        ];

    private static Growth GrowthOf(Stage stage, int windowDays)
    {
        var first = stage.Today - windowDays + 1;
        var days = stage.Members.Values.SelectMany(state => state.Days).ToList();
        return new(
            DaysOf(stage, first, stage.Today),
            DaysOf(stage, first - windowDays, first - 1),
            days.Exists(day => day < first) ? AccountHistory.BeforePeriod
                : days.Count > 0 ? AccountHistory.SincePeriod
                : AccountHistory.Never
        );
    }
}
