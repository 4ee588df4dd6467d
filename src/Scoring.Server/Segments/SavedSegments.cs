using System.Collections.Frozen;
using System.Text.Json;
using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Core.Names;
using Scoring.Engine;
using static Scoring.Core.Filters.Condition;

namespace Scoring.Server.Segments;

/// <summary>The saved segments of a workspace, as one version of the document that holds them has them.</summary>
/// <remarks>None leads back to itself: a change that would make one do so is not stored.</remarks>
internal sealed class SavedSegments
{
    private readonly FrozenDictionary<string, StoredSegment> _segments;
    private readonly Lazy<FrozenDictionary<string, Condition>> _conditions;

    private SavedSegments(long version, IEnumerable<StoredSegment> segments)
    {
        Version = version;
        _segments = segments.ToFrozenDictionary(segment => segment.Name, StringComparer.Ordinal);
        _conditions = new(() => _segments.ToFrozenDictionary(s => s.Key, s => Filter.Parse(s.Value.Filter).Condition));
    }

    /// <summary>The version of the document.</summary>
    public long Version { get; }

    /// <summary>How many there are.</summary>
    public int Count => _segments.Count;

    /// <summary>All of them, by name (ordinal).</summary>
    public IEnumerable<StoredSegment> All => _segments.Values.OrderBy(segment => segment.Name, StringComparer.Ordinal);

    /// <exception cref="JsonException">The document is none of segments.</exception>
    public static SavedSegments Read(SharedDocument document) =>
        new(
            document.Version,
            document.Content.Length == 0 ? [] : JsonSerializer.Deserialize<StoredSegment[]>(document.Content)!
        );

    /// <summary>The document that holds these.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(All);

    /// <summary>A segment; null when there is none of this name.</summary>
    public StoredSegment? Find(string name) => _segments.GetValueOrDefault(name);

    /// <summary>A sentence that names the segments nearest to a name, with a blank before it; empty when none is near.</summary>
    public string NearestTo(string name) => new NearestTexts(name, _segments.Keys).Sentence;

    /// <summary>The segments whose filters name one, by name.</summary>
    public IReadOnlyList<string> UsersOf(string name) =>
        [
            .. _conditions
                .Value.Where(user => NamesIn(user.Value).Contains(name, StringComparer.Ordinal))
                .Select(user => user.Key)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>These with one more, or another in its place.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.InvalidArgument"/>: it names one that is not there, would lead back to itself, or would make one too large.
    /// </exception>
    public SavedSegments With(StoredSegment segment)
    {
        var changed = new SavedSegments(Version, All.Where(other => other.Name != segment.Name).Append(segment));
        foreach (var name in NamesIn(changed._conditions.Value[segment.Name]))
        {
            changed.Require(name);
        }
        if (changed.WayBack(segment.Name) is { } way)
        {
            throw Fault($"leads back to the segment itself: {string.Join(" uses ", way)}");
        }
        var sizes = new Dictionary<string, Size>(StringComparer.Ordinal);
        foreach (var (name, condition) in changed._conditions.Value)
        {
            changed.ThrowIfTooLarge(
                condition,
                sizes,
                name == segment.Name ? "" : $" of the segment {name}, which uses it,"
            );
        }
        return changed;
    }

    /// <summary>These without one.</summary>
    public SavedSegments Without(string name) => new(Version, All.Where(other => other.Name != name));

    /// <summary>A filter in which saved segments stand for what they are.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.InvalidArgument"/>: it names one that is not there, or becomes too large.</exception>
    public Filter Resolve(Filter filter)
    {
        if (!NamesIn(filter.Condition).Any())
        {
            return filter;
        }
        foreach (var name in NamesIn(filter.Condition))
        {
            Require(name);
        }
        ThrowIfTooLarge(filter.Condition, new(StringComparer.Ordinal), "");
        return new(Resolved(filter.Condition));
    }

    private Condition Resolved(Condition condition) =>
        condition.Replace(part => part is InSegment segment ? Resolved(WithoutPlaces(segment.Name)) : part);

    /// <summary>The condition of a segment. Its clauses have no places in the filter that names it.</summary>
    private Condition WithoutPlaces(string name) =>
        _conditions
            .Value[name]
            .Replace(part =>
                part switch
                {
                    TextTest text => text with { Place = -1 },
                    NumberTest number => number with { Place = -1 },
                    Used used => used with { Place = -1 },
                    _ => part,
                }
            );

    private static IEnumerable<string> NamesIn(Condition condition) =>
        condition.Tests().OfType<InSegment>().Select(segment => segment.Name);

    private void Require(string name)
    {
        if (!_segments.ContainsKey(name))
        {
            throw Fault($"names the segment {name}, which is not there.{NearestTo(name)}", full: false);
        }
    }

    /// <summary>The way from a segment over those that it uses back to itself; null when there is none.</summary>
    private List<string>? WayBack(string from)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Search([from]);

        List<string>? Search(List<string> way) =>
            NamesIn(_conditions.Value[way[^1]])
                .Distinct()
                .Select(next =>
                    next == from ? [.. way, next]
                    : seen.Add(next) && _segments.ContainsKey(next) ? Search([.. way, next])
                    : null
                )
                .FirstOrDefault(found => found is not null);
    }

    private void ThrowIfTooLarge(Condition condition, Dictionary<string, Size> sizes, string of)
    {
        if (SizeOf(condition, sizes) is var (tests, depth) && tests > Limits.ConditionTests)
        {
            throw Fault(
                $"{of} becomes too large with the segments that it uses: more than {Limits.ConditionTests:N0} clauses"
            );
        }
        if (depth > Limits.ConditionDepth)
        {
            throw Fault(
                $"{of} becomes too deep with the segments that it uses: more than {Limits.ConditionDepth} levels"
            );
        }
    }

    private Size SizeOf(Condition condition, Dictionary<string, Size> sizes) =>
        condition switch
        {
            Condition.All all => Sum(all.Parts, sizes),
            Any any => Sum(any.Parts, sizes),
            Not not => Sum([not.Part], sizes),
            InSegment segment => sizes.TryGetValue(segment.Name, out var known)
                ? known
                : sizes[segment.Name] = SizeOf(_conditions.Value[segment.Name], sizes),
            _ => new(1, 1),
        };

    private Size Sum(IReadOnlyList<Condition> parts, Dictionary<string, Size> sizes)
    {
        Size[] each = [.. parts.Select(part => SizeOf(part, sizes))];
        // What is beyond the bounds need not be told apart.
        return new(
            Math.Min(each.Sum(size => size.Tests), int.MaxValue),
            1 + each.Select(size => size.Depth).DefaultIfEmpty().Max()
        );
    }

    private static ScoringException Fault(string what, bool full = true) =>
        new(ScoringError.InvalidArgument, $"The filter {what.Trim()}{(full ? "." : "")}") { Field = "filter" };

    private readonly record struct Size(long Tests, int Depth);
}
