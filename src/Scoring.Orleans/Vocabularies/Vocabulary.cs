using System.Text;
using Scoring.Core;
using Scoring.Core.Facts;

namespace Scoring.Cluster.Vocabularies;

/// <summary>What this silo knows of the names in use in a workspace. Any number of grains ask it at a time.</summary>
internal sealed class Vocabulary
{
    private readonly IVocabularyGrain _grain;
    private readonly SharedRequest<(bool IsEventType, string Name)> _names;
    private readonly SharedRequest<string> _keys;
    private readonly Lock _gate = new();
    private volatile Known _known = new(new Words());

    public Vocabulary(IVocabularyGrain grain)
    {
        _grain = grain;
        _names = new(async names =>
            TakeOver(
                await grain.LearnAsync(
                    [.. names.Where(name => name.IsEventType).Select(name => name.Name)],
                    [.. names.Where(name => !name.IsEventType).Select(name => name.Name)]
                )
            )
        );
        _keys = new(async keys => TakeOver(await grain.LearnKeysAsync(keys)));
    }

    /// <summary>Whether an event type may be recorded.</summary>
    public bool HasEventType(ReadOnlySpan<byte> name) => _known.EventTypes.Find(name) >= 0;

    /// <summary>Whether a feature may be recorded.</summary>
    public bool HasFeature(ReadOnlySpan<byte> name) => name.IsEmpty || _known.Features.Find(name) >= 0;

    /// <summary>Whether a name that is not known may become known.</summary>
    public bool HasRoom(bool forEventType) =>
        forEventType ? _known.EventTypes.Count < Limits.EventTypes : _known.Features.Count < Limits.Features;

    /// <summary>Makes names known to the whole cluster, as far as there is room.</summary>
    public Task LearnAsync(IEnumerable<(bool IsEventType, string Name)> names) => _names.AskAsync(names);

    /// <summary>Makes the keys of attributes that are set known to the whole cluster; false when there is no room for all of them.</summary>
    public async Task<bool> TryLearnKeysAsync(IEnumerable<KeyValuePair<string, string>> attributes)
    {
        string[] keys = [.. attributes.Where(a => a.Value.Length > 0).Select(a => a.Key).Distinct()];
        if (!_known.HasKeys(keys) && _known.Words.AttributeKeys.Count < Limits.Attributes)
        {
            await _keys.AskAsync(keys);
            if (!_known.HasKeys(keys))
            {
                // There was no room for what all wanted together; there may be for these.
                TakeOver(await _grain.LearnKeysAsync(keys));
            }
        }
        return _known.HasKeys(keys);
    }

    private void TakeOver(Words words)
    {
        lock (_gate)
        {
            // Answers may overtake each other.
            if (words.Count > _known.Words.Count)
            {
                _known = new Known(words);
            }
        }
    }

    private sealed class Known
    {
        private readonly HashSet<string> _keys;

        public Known(Words words)
        {
            Words = words;
            _keys = [.. words.AttributeKeys];
            foreach (var type in words.EventTypes)
            {
                EventTypes.Intern(Encoding.UTF8.GetBytes(type));
            }
            foreach (var feature in words.Features)
            {
                Features.Intern(Encoding.UTF8.GetBytes(feature));
            }
        }

        public Words Words { get; }

        public SymbolTable EventTypes { get; } = new();

        public SymbolTable Features { get; } = new();

        public bool HasKeys(string[] keys) => Array.TrueForAll(keys, _keys.Contains);
    }
}
