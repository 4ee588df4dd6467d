using Scoring.Cluster.Storage;
using Scoring.Core;
using Scoring.Postgres;

namespace Scoring.Cluster.Vocabularies;

/// <inheritdoc cref="IVocabularyGrain"/>
[GrainType("scoring.vocabulary")]
internal sealed class VocabularyGrain(
    [PersistentState(DocumentKinds.Names, PostgresGrainStorage.Name)] IPersistentState<Document> state
) : Grain, IVocabularyGrain
{
    private Words _words = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var names = StoredNames.Read(state.State.Content);
        _words = new Words
        {
            EventTypes = names.EventTypes,
            Features = names.Features,
            AttributeKeys = names.AttributeKeys,
        };
        return Task.CompletedTask;
    }

    public Task<Words> GetAsync() => Task.FromResult(_words);

    public Task<Words> LearnAsync(IReadOnlyList<string> eventTypes, IReadOnlyList<string> features) =>
        StoreAsync(
            _words with
            {
                EventTypes = Add(_words.EventTypes, eventTypes, Limits.EventTypes),
                Features = Add(_words.Features, features, Limits.Features),
            }
        );

    public Task<Words> LearnKeysAsync(IReadOnlyList<string> keys)
    {
        var all = Add(_words.AttributeKeys, keys, int.MaxValue);
        return all.Count > Limits.Attributes
            ? Task.FromResult(_words)
            : StoreAsync(_words with { AttributeKeys = all });
    }

    private static List<string> Add(IReadOnlyList<string> known, IReadOnlyList<string> added, int limit) =>
        [.. known.Concat(added.Except(known, StringComparer.Ordinal)).Take(Math.Max(limit, known.Count))];

    private async Task<Words> StoreAsync(Words words)
    {
        if (words.Count == _words.Count)
        {
            return _words;
        }
        state.State.Content = new StoredNames(words.EventTypes, words.Features, words.AttributeKeys).Write();
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // What is in the store is known to the next activation only.
            DeactivateOnIdle();
            throw;
        }
        return _words = words;
    }
}
