using Scoring.Core;
using Scoring.Core.Models;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Workspaces;

/// <summary>The versions of a workspace's models that were replaced or deleted, as a document of the store has them.</summary>
/// <remarks>
/// A version is put here before another one takes its place among the <see cref="StoredModels"/>, so what is here was current once and never changes;
/// only the oldest are forgotten. The one that is current may be here too, when a crash came in between.
/// </remarks>
internal sealed class FormerModels
{
    /// <summary>None.</summary>
    public static readonly FormerModels None = new([]);

    private readonly IReadOnlyList<Entry> _oldestFirst;
    private readonly Dictionary<(string, int), Entry> _byVersion;

    private FormerModels(IReadOnlyList<Entry> oldestFirst)
    {
        _oldestFirst = oldestFirst;
        _byVersion = oldestFirst.ToDictionary(entry => (entry.Name, entry.Version));
    }

    /// <summary>The name of the document.</summary>
    /// <param name="workspace">The number of the workspace.</param>
    public static string DocumentOf(int workspace) => $"model-history-{workspace}";

    public bool Contains(ScoringModel model) => _byVersion.ContainsKey((model.Name, model.Version));

    /// <summary>A version; null when it never was, or is forgotten. It is the same object each time, as populations keep columns for it.</summary>
    public ScoringModel? Find(string name, int version) => _byVersion.GetValueOrDefault((name, version))?.Model.Value;

    /// <summary>The versions of a model, the newest first.</summary>
    public IEnumerable<ScoringModel> Of(string name) =>
        _oldestFirst.Where(entry => entry.Name == name).Reverse().Select(entry => entry.Model.Value);

    /// <summary>These and one more; as many of the oldest are forgotten as the limits ask for.</summary>
    public FormerModels With(ScoringModel model)
    {
        var entries = _oldestFirst.Append(new(model.Name, model.Version, ModelJson.Write(model))).ToList();
        // The current one is not among them.
        while (entries.Count(entry => entry.Name == model.Name) >= Limits.ModelVersions)
        {
            entries.Remove(entries.First(entry => entry.Name == model.Name));
        }
        var bytes = entries.Sum(entry => (long)entry.Json.Length);
        var forgotten = 0;
        while (bytes > Limits.ModelHistoryBytes)
        {
            bytes -= entries[forgotten++].Json.Length;
        }
        return new(entries[forgotten..]);
    }

    public void Write(BlobWriter target)
    {
        target.Int32(_oldestFirst.Count);
        foreach (var entry in _oldestFirst)
        {
            target.Text(entry.Name);
            target.Int32(entry.Version);
            target.Int32(entry.Json.Length);
            target.Bytes(entry.Json);
        }
    }

    /// <summary>Reads a document.</summary>
    /// <param name="reader">Its content; empty for one that nobody has put yet.</param>
    /// <param name="known">What was read before: what is the same stays the same objects.</param>
    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static FormerModels Read(ref BlobReader reader, FormerModels known)
    {
        if (reader.AtEnd)
        {
            return None;
        }
        var entries = reader.Many(reader.Int32(), ReadEntry);
        return new([.. entries.Select(e => known._byVersion.GetValueOrDefault((e.Name, e.Version)) ?? e)]);
    }

    private static Entry ReadEntry(ref BlobReader reader) =>
        new(reader.Text(), reader.Int32(), reader.Bytes(reader.Int32()).ToArray());

    private sealed record Entry(string Name, int Version, byte[] Json)
    {
        /// <summary>What the bytes say, read when somebody asks for it.</summary>
        public Lazy<ScoringModel> Model { get; } = new(() => ModelJson.Read(Json));
    }
}
