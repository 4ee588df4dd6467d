namespace Scoring.Cluster.Vocabularies;

/// <summary>The names in use in a workspace, which are limited in number. The key is the workspace.</summary>
[Alias("scoring.vocabulary")]
internal interface IVocabularyGrain : IGrainWithStringKey
{
    /// <summary>All names.</summary>
    [Alias("get")]
    Task<Words> GetAsync();

    /// <summary>Adds names as far as there is room for them, and returns all names once they are stored.</summary>
    /// <param name="eventTypes">Event types; each is added by itself.</param>
    /// <param name="features">Features; each is added by itself.</param>
    [Alias("learn")]
    Task<Words> LearnAsync(IReadOnlyList<string> eventTypes, IReadOnlyList<string> features);

    /// <summary>Adds attribute keys if there is room for all of them, and returns all names once they are stored.</summary>
    [Alias("learn-keys")]
    Task<Words> LearnKeysAsync(IReadOnlyList<string> keys);
}
