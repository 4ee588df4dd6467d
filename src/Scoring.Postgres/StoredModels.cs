using Scoring.Core.Models;

namespace Scoring.Postgres;

/// <summary>The models of a workspace as they are stored.</summary>
/// <param name="Models">The newest version of each, by name (ordinal).</param>
/// <param name="Sources">For each name that was loaded from a file, the hash of the file's content when it was loaded last.</param>
internal sealed record StoredModels(IReadOnlyList<ScoringModel> Models, IReadOnlyDictionary<string, string> Sources)
{
    public static StoredModels None { get; } = new([], new Dictionary<string, string>());

    /// <exception cref="InvalidDataException">The bytes are not models.</exception>
    public static StoredModels Read(byte[] content) =>
        content.Length == 0 ? None : ModelJson.Read<StoredModels>(content);

    public byte[] Write() => ModelJson.Write(this);

    /// <summary>The models with one more, or a newer version of one.</summary>
    public StoredModels With(ScoringModel model, string? source)
    {
        IEnumerable<ScoringModel> models = [.. Models.Where(m => m.Name != model.Name), model];
        var sources = new Dictionary<string, string>(Sources, StringComparer.Ordinal);
        if (source is not null)
        {
            sources[model.Name] = source;
        }
        return new([.. models.OrderBy(m => m.Name, StringComparer.Ordinal)], sources);
    }
}
