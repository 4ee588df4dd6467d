using System.Buffers;
using System.Runtime.InteropServices;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>What populations, one after the other, add to the groups of a segment.</summary>
public sealed class GroupTally
{
    private const byte SentVersion = 1;
    private readonly int _keys;

    // By the values, each behind its length.
    private readonly Dictionary<string, Figures> _groups = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<char> _key = new();
    private long _ahead;

    /// <summary>A tally of nobody.</summary>
    /// <param name="query">The query that it answers.</param>
    public GroupTally(GroupQuery query) => _keys = query.By.Count;

    /// <summary>As <see cref="SegmentTally.NewestEvent"/>.</summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    /// <summary>Sums tallies of distinct customers up.</summary>
    public static SegmentGroups Summarize(
        IReadOnlyList<GroupTally> tallies,
        GroupQuery query,
        ScoringModel model,
        Instant readTime
    )
    {
        var all = new GroupTally(query);
        foreach (var tally in tallies)
        {
            all.Take(tally);
        }
        List<(string[] Values, Figures Figures)> groups =
        [
            .. all._groups.Select(group => (Values: ValuesOf(group.Key, query.By.Count), group.Value)),
        ];
        groups.Sort(
            (one, other) =>
                one.Figures.Customers != other.Figures.Customers
                    ? other.Figures.Customers.CompareTo(one.Figures.Customers)
                    : Compare(one.Values, other.Values)
        );
        Figures[] rest = [.. groups.Skip(query.Most).Select(group => group.Figures)];
        foreach (var figures in rest.Skip(1))
        {
            rest[0].Add(figures.Scores, figures.Counts);
        }
        return new(
            [.. groups.Take(query.Most).Select(group => group.Figures.ToGroup(group.Values, model))],
            rest.Length == 0 ? null : rest[0].ToGroup([], model),
            rest.Length,
            groups.Sum(group => group.Figures.Customers),
            all._ahead,
            readTime,
            model.Name,
            model.Version
        );
    }

    /// <summary>Adds the figures of another tally.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.LimitExceeded"/>: there are too many groups.</exception>
    public void Take(GroupTally other)
    {
        Note(other._ahead, other.NewestEvent);
        foreach (var (values, figures) in other._groups)
        {
            Add(values, figures.Scores, figures.Counts);
        }
    }

    /// <summary>Writes the tally, to be sent to where it is summed up with others.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(SentVersion);
        writer.Int64(_ahead);
        writer.Int64(NewestEvent.Ticks);
        writer.Int32(_groups.Count);
        foreach (var (values, figures) in _groups)
        {
            foreach (var value in ValuesOf(values, _keys))
            {
                writer.Text(value);
            }
            figures.Write(ref writer);
        }
    }

    /// <summary>Reads a tally that answers a query.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tally.</exception>
    public static GroupTally Read(ReadOnlySpan<byte> sent, GroupQuery query)
    {
        var reader = new RecordReader(sent);
        if (reader.Byte() is var version and not SentVersion)
        {
            throw new InvalidDataException(
                $"Groups were sent in version {version}; this program reads version {SentVersion}."
            );
        }
        var tally = new GroupTally(query);
        tally.Note(reader.Int64(), new Instant(reader.Int64()));
        for (var left = reader.Int32(); left > 0; left--)
        {
            var values = new string[query.By.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = reader.String();
            }
            var figures = Figures.Read(ref reader);
            tally.Add(values, figures.Scores, figures.Counts);
        }
        return tally;
    }

    /// <summary>Counts customers that are left out, and notes the newest event of the others.</summary>
    internal void Note(long ahead, Instant newest)
    {
        _ahead += ahead;
        NewestEvent = Instant.Max(NewestEvent, newest);
    }

    /// <summary>Adds customers of a group.</summary>
    /// <param name="values">The values that they have.</param>
    /// <param name="moments">What their scores amount to.</param>
    /// <param name="counts">Those active in the month, those in each band, those in each stage.</param>
    internal void Add(ReadOnlySpan<string> values, Moments moments, ReadOnlySpan<long> counts)
    {
        _key.ResetWrittenCount();
        foreach (var value in values)
        {
            _key.Write([(char)value.Length]);
            _key.Write(value);
        }
        Add(_key.WrittenSpan, moments, counts);
    }

    private static string[] ValuesOf(string key, int count)
    {
        var values = new string[count];
        for (var (i, at) = (0, 0); i < count; i++)
        {
            values[i] = key.Substring(at + 1, key[at]);
            at += 1 + values[i].Length;
        }
        return values;
    }

    private static int Compare(string[] one, string[] other) =>
        one.Zip(other, string.CompareOrdinal).FirstOrDefault(difference => difference != 0);

    // Many partitions have each of many groups: only of those that are new here anything is made.
    private void Add(ReadOnlySpan<char> key, Moments moments, ReadOnlySpan<long> counts)
    {
        var groups = _groups.GetAlternateLookup<ReadOnlySpan<char>>();
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, key, out var isKnown);
        if (isKnown)
        {
            group.Add(moments, counts);
            return;
        }
        group = new(moments, [.. counts]);
        if (_groups.Count > Limits.SegmentGroups)
        {
            throw new ScoringException(
                ScoringError.LimitExceeded,
                $"There are more than {Limits.SegmentGroups:N0} groups. Group by attributes of fewer values, or narrow the filter."
            )
            {
                Field = "by",
            };
        }
    }

    /// <summary>What is known of a group.</summary>
    /// <param name="Scores">What the scores amount to.</param>
    /// <param name="Counts">Customers active in the month, in each band, in each stage.</param>
    private record struct Figures(Moments Scores, long[] Counts)
    {
        private const int BeforeBands = 1;

        public readonly long Customers => Scores.Count;

        public void Add(Moments scores, ReadOnlySpan<long> counts)
        {
            Scores = Moments.Merge(Scores, scores);
            for (var i = 0; i < counts.Length; i++)
            {
                Counts[i] += counts[i];
            }
        }

        public readonly SegmentGroup ToGroup(IReadOnlyList<string> values, ScoringModel model)
        {
            var inBands = Counts[BeforeBands..^LifecycleCount.Stages];
            return new(
                values,
                Customers,
                Scores.Mean,
                Scores.Deviation,
                Scores.Min,
                Scores.Max,
                BandCount.Of(inBands, model),
                LifecycleCount.Of(Counts[^LifecycleCount.Stages..]),
                EngagementIndex.Of(inBands, model)!,
                Counts[0]
            );
        }

        public readonly void Write(ref RecordWriter writer)
        {
            writer.Int64(Scores.Count);
            writer.Values<double>([Scores.Mean, Scores.Deviation, Scores.Min, Scores.Max]);
            writer.Count(Counts.Length);
            writer.Values<long>(Counts);
        }

        public static Figures Read(ref RecordReader reader)
        {
            var count = reader.Int64();
            var moments = new Moments(count, reader.Double(), reader.Double(), reader.Double(), reader.Double());
            var counts = new long[reader.Count()];
            reader.Values(counts.AsSpan());
            return new(moments, counts);
        }
    }
}
