using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Reading;

/// <summary>The models of a workspace, asked for once: they give bands their titles and colours.</summary>
internal sealed class ModelCache(ScoringClient client, string workspace)
{
    private readonly Dictionary<string, Palette> _known = new(StringComparer.Ordinal);

    public async Task<Palette> GetAsync(string name, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(name, out var palette))
        {
            var request = new GetScoringModelRequest { Workspace = workspace, Name = name };
            palette = new Palette(
                await client.Models.GetScoringModelAsync(request, cancellationToken: cancellationToken)
            );
            _known.Add(name, palette);
        }

        return palette;
    }
}
