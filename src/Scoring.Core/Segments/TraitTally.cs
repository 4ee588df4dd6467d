using System.Buffers;
using System.Runtime.InteropServices;
using Scoring.Core.Models;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>How many customers of two segments have what, of populations one after the other.</summary>
public sealed class TraitTally
{
    private const byte SentVersion = 1;

    // What has more names customers rather than telling groups of them apart.
    private const int MostValues = byte.MaxValue;

    private readonly Dictionary<Trait, long>[] _holders =
    [
        [],
        [],
    ];
    private readonly long[] _customers = new long[2];

    // Attributes that some population has too many values of: nothing is told of them, whatever the others counted.
    private readonly HashSet<string> _leftOut = [];

    /// <summary>As <see cref="SegmentTally.NewestEvent"/>.</summary>
    public Instant NewestEvent { get; private set; } = Instant.MinValue;

    /// <summary>Sums tallies of distinct customers up.</summary>
    public static SegmentContrast Summarize(
        IReadOnlyList<TraitTally> tallies,
        ContrastQuery query,
        ScoringModel model,
        Instant readTime
    )
    {
        var all = new TraitTally();
        foreach (var tally in tallies)
        {
            all.Take(tally);
        }
        var (customers, others) = (all._customers[0], all._customers[1]);
        Trait[] found = [.. all._holders[0].Keys.Union(all._holders[1].Keys)];
        all._leftOut.UnionWith(
            found
                .Where(trait => trait.Kind == TraitKind.Attribute)
                .CountBy(trait => trait.Name)
                .Where(attribute => attribute.Value > MostValues)
                .Select(attribute => attribute.Key)
        );
        Trait[] traits = [.. found.Where(all.IsToldOf)];
        var differences =
            customers == 0 || others == 0
                ? []
                : traits
                    .Select(trait =>
                    {
                        var holders = all._holders[0].GetValueOrDefault(trait);
                        var otherHolders = all._holders[1].GetValueOrDefault(trait);
                        return new TraitDifference(
                            trait,
                            holders,
                            otherHolders,
                            ShareDifference.Of(holders, customers, otherHolders, others, traits.Length)
                        );
                    })
                    .Where(difference => difference.Shares.Least > 0)
                    .OrderByDescending(difference => difference.Shares.Least)
                    .ThenBy(difference => difference.Trait.Kind)
                    .ThenBy(difference => difference.Trait.Name, StringComparer.Ordinal)
                    .ThenBy(difference => difference.Trait.Value, StringComparer.Ordinal)
                    .Take(query.Most);
        return new(customers, others, [.. differences], traits.Length, readTime, model.Name, model.Version);
    }

    /// <summary>Adds the figures of another tally.</summary>
    public void Take(TraitTally other)
    {
        Note(other.NewestEvent);
        _leftOut.UnionWith(other._leftOut);
        for (var side = 0; side < _holders.Length; side++)
        {
            _customers[side] += other._customers[side];
            foreach (var (trait, holders) in other._holders[side])
            {
                Add(side, trait, holders);
            }
        }
    }

    /// <summary>Writes the tally, to be sent to where it is summed up with others.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(SentVersion);
        writer.Int64(NewestEvent.Ticks);
        writer.Int32(_leftOut.Count);
        foreach (var key in _leftOut)
        {
            writer.Text(key);
        }
        for (var side = 0; side < _holders.Length; side++)
        {
            writer.Int64(_customers[side]);
            writer.Int32(_holders[side].Count);
            foreach (var (trait, holders) in _holders[side])
            {
                writer.Byte((byte)trait.Kind);
                writer.Text(trait.Name);
                writer.Text(trait.Value);
                writer.Int64(holders);
            }
        }
    }

    /// <summary>Reads a tally.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tally.</exception>
    public static TraitTally Read(ReadOnlySpan<byte> sent)
    {
        var reader = new RecordReader(sent);
        if (reader.Byte() is var version and not SentVersion)
        {
            throw new InvalidDataException(
                $"Traits were sent in version {version}; this program reads version {SentVersion}."
            );
        }
        var tally = new TraitTally();
        tally.Note(new Instant(reader.Int64()));
        for (var left = reader.Int32(); left > 0; left--)
        {
            tally.LeaveOut(reader.String());
        }
        for (var side = 0; side < tally._holders.Length; side++)
        {
            tally._customers[side] = reader.Int64();
            for (var left = reader.Int32(); left > 0; left--)
            {
                var trait = new Trait((TraitKind)reader.Byte(), reader.String(), reader.String());
                tally.Add(side, trait, reader.Int64());
            }
        }
        return tally;
    }

    internal void Note(Instant newest) => NewestEvent = Instant.Max(NewestEvent, newest);

    /// <summary>Has nothing told of an attribute.</summary>
    internal void LeaveOut(string key) => _leftOut.Add(key);

    /// <summary>Counts customers of a segment: 0 for the one, 1 for the other.</summary>
    internal void AddCustomers(int side, long customers) => _customers[side] += customers;

    /// <summary>Counts customers of a segment that have a trait.</summary>
    internal void Add(int side, Trait trait, long holders) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_holders[side], trait, out _) += holders;

    private bool IsToldOf(Trait trait) => trait.Kind != TraitKind.Attribute || !_leftOut.Contains(trait.Name);
}
