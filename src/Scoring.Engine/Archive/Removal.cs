using Scoring.Core.Accounts;
using Scoring.Core.History;
using Scoring.Core.Names;
using Scoring.Core.Populations;

namespace Scoring.Engine.Archive;

/// <summary>Takes out of records what was removed from everybody: names, and the ids of accounts.</summary>
internal sealed class Removal
{
    private readonly HashSet<KnownName> _names;
    private readonly HashSet<string> _accounts;

    /// <param name="names">The names.</param>
    /// <param name="accountIds">The accounts.</param>
    public Removal(IEnumerable<KnownName> names, IEnumerable<string> accountIds) =>
        (_names, _accounts) = ([.. names], [.. accountIds]);

    /// <summary>Takes out nothing.</summary>
    public static Removal None { get; } = new([], []);

    /// <summary>Takes out what was removed behind the last entry that records may come from.</summary>
    public static Removal Of(IEnumerable<ArchiveVoid> voids, long lastEntry)
    {
        List<ArchiveVoid> removed = [.. voids.Where(of => of.Row < 0 && of.Covers(lastEntry))];
        return new(
            removed.SelectMany(of => of.Names),
            removed.Select(of => of.AccountId).Where(accountId => accountId.Length > 0)
        );
    }

    public bool IsEmpty => _names.Count + _accounts.Count == 0;

    public bool HasEventType(string name) => _names.Contains(new(NameKind.EventType, name));

    public bool HasFeature(string name) => _names.Contains(new(NameKind.Feature, name));

    public bool HasAccount(string accountId) => _accounts.Contains(accountId);

    /// <summary>The changes of one customer or account without what was removed. Right behind a whole customer stands which names were, as if it had come without them.</summary>
    public IEnumerable<ArchivedChange> Filter(IEnumerable<ArchivedChange> changes)
    {
        if (IsEmpty)
        {
            return changes;
        }
        var left = new List<ArchivedChange>();
        foreach (var change in changes)
        {
            switch (change.Kind)
            {
                case ChangeKind.Opening or ChangeKind.Adoption:
                    var content = Population.WithoutAccount(change.Content.Span, HasAccount);
                    left.Add(change with { Content = content });
                    if (_names.Count > 0)
                    {
                        left.Add(new(change.Row, ChangeKind.Pruning, change.ReceivedAt, ChangeCodec.Of(_names)));
                    }
                    break;
                case ChangeKind.Pruning when left is [.., { Kind: ChangeKind.Pruning } before]:
                    // From an earlier removal.
                    KnownName[] names = [.. ChangeCodec.ReadNames(change.Content.Span), .. _names];
                    left[^1] = before with { Content = ChangeCodec.Of(names.Distinct().ToArray()) };
                    break;
                case ChangeKind.Update:
                    left.Add(OfUpdate(change));
                    break;
                case ChangeKind.AccountUpdate:
                    left.Add(OfAccountUpdate(change));
                    break;
                case ChangeKind.AccountOpening:
                    left.Add(OfAccountOpening(change));
                    break;
                case ChangeKind.Correction:
                    left.Add(OfCorrection(change));
                    break;
                default:
                    left.Add(change);
                    break;
            }
        }
        return left;
    }

    /// <summary>A correction without what was removed, as events are: it voids what is left of the event.</summary>
    private ArchivedChange OfCorrection(ArchivedChange change)
    {
        var (id, voided, replacement) = CorrectionCodec.Read(change.Content.Span);
        if (voided is { } item)
        {
            voided = HasEventType(item.EventType) ? null : item with { Feature = LeftOf(item.Feature) };
        }
        if (replacement is not null)
        {
            replacement = HasEventType(replacement.EventType)
                ? null
                : replacement with
                {
                    Feature = LeftOf(replacement.Feature),
                };
        }
        return change with { Content = CorrectionCodec.Write(new(id, voided, replacement)) };
    }

    private string LeftOf(string feature) => HasFeature(feature) ? "" : feature;

    /// <summary>An update without what was removed. One that says nothing any more tells still that there is such a customer.</summary>
    private ArchivedChange OfUpdate(ArchivedChange change)
    {
        var update = ChangeCodec.ReadUpdate("", change.Content.Span);
        var left = update with
        {
            AccountId = HasAccount(update.AccountId) ? "" : update.AccountId,
            Attributes = [.. update.Attributes.Where(a => !_names.Contains(new(NameKind.CustomerAttribute, a.Key)))],
        };
        return change with { Content = ChangeCodec.Of(left) };
    }

    private ArchivedChange OfAccountUpdate(ArchivedChange change)
    {
        var update = ChangeCodec.ReadAccountUpdate("", change.Content.Span);
        var left = update with { Attributes = [.. update.Attributes.Where(a => !HasAccountAttribute(a.Key))] };
        return change with { Content = ChangeCodec.Of(left) };
    }

    private ArchivedChange OfAccountOpening(ArchivedChange change)
    {
        var account = AccountRecord.Read(change.Content.Span);
        account.Remove([.. account.Attributes.Select(a => a.Key).Where(HasAccountAttribute)]);
        return change with { Content = ChangeCodec.Of(account) };
    }

    private bool HasAccountAttribute(string key) => _names.Contains(new(NameKind.AccountAttribute, key));
}
