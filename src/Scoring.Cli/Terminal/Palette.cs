using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Terminal;

/// <summary>One colour per band, from red for those about to leave to blue for those who cannot do without.</summary>
internal sealed class Palette(ScoringModel model)
{
    private static readonly string[] Colors = ["red", "grey", "yellow", "green", "deepskyblue1"];

    /// <summary>The palette of a version of a workspace's model; 0 means the current one.</summary>
    public static async Task<Palette> ReadAsync(
        ScoringClient client,
        string workspace,
        string model,
        int version,
        CancellationToken cancellationToken
    )
    {
        var request = new GetScoringModelRequest
        {
            Workspace = workspace,
            Name = model,
            Version = version,
        };
        return new Palette(await client.Models.GetScoringModelAsync(request, cancellationToken: cancellationToken));
    }

    public IEnumerable<Band> Bands => model.Bands;

    /// <summary>What a point adds to the score.</summary>
    public double PointWorth => 100 / model.TargetPoints;

    /// <summary>How many bands lie below a band.</summary>
    public int PlaceOf(string band) => model.Bands.TakeWhile(b => b.Name != band).Count();

    /// <summary>The colour of a band.</summary>
    public string ColorOf(string band)
    {
        var place = PlaceOf(band);
        var last = Math.Max(model.Bands.Count - 1, 1);
        return Colors[Math.Min(place * (Colors.Length - 1) / last, Colors.Length - 1)];
    }

    /// <summary>A band's name for people.</summary>
    public string TitleOf(string band) =>
        model.Bands.FirstOrDefault(b => b.Name == band) is { Title.Length: > 0 } found ? found.Title : band;

    /// <summary>The colour of the band that a score falls into.</summary>
    public string ColorAt(double score) => ColorOf(model.Bands.FirstOrDefault(band => Holds(band, score))?.Name ?? "");

    /// <summary>By the rule of the domain, which takes a score next to an end for the end.</summary>
    private static bool Holds(Band band, double score)
    {
        double? end = band.UpperEndCase switch
        {
            Band.UpperEndOneofCase.Below => band.Below,
            Band.UpperEndOneofCase.AtMost => band.AtMost,
            _ => null,
        };
        return !new Core.Models.Band(band.Name, band.Title, default, end, band.HasAtMost).EndsBefore(score);
    }
}
