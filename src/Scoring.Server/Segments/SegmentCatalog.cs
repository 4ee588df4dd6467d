using System.Collections.Concurrent;
using Scoring.Core;
using Scoring.Server.Access;

namespace Scoring.Server.Segments;

/// <summary>The saved segments of all workspaces, which servers of one store share.</summary>
internal sealed class SegmentCatalog(IDocuments documents)
{
    private readonly ConcurrentDictionary<string, SavedSegments> _read = new(StringComparer.Ordinal);

    /// <summary>The saved segments of a workspace.</summary>
    /// <param name="workspace">The workspace's name.</param>
    public SavedSegments Of(string workspace)
    {
        var document = documents.Follow(DocumentOf(workspace));
        return _read.TryGetValue(workspace, out var known) && known.Version == document.Version
            ? known
            : _read[workspace] = SavedSegments.Read(document);
    }

    /// <summary>Changes the segments of a workspace, however many servers do so at once, and returns once every server answers by them.</summary>
    /// <param name="workspace">The workspace's name.</param>
    /// <param name="change">Gives what they become.</param>
    /// <exception cref="ScoringException">It cannot be stored at the moment.</exception>
    public async Task ChangeAsync(string workspace, Func<SavedSegments, SavedSegments> change)
    {
        while (true)
        {
            var current = SavedSegments.Read(await documents.ReadAsync(DocumentOf(workspace)));
            if (await documents.TryPutAsync(DocumentOf(workspace), current.Version, change(current).Write()))
            {
                break;
            }
        }
        await documents.AnnounceAsync();
    }

    private static string DocumentOf(string workspace) => $"segments-{workspace}";
}
