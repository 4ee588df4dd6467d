using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary>In what two models differ, in words: one sentence for each difference.</summary>
/// <param name="before">What the second is compared with.</param>
/// <param name="after">The second.</param>
internal sealed class ModelDiff(ScoringModel before, ScoringModel after)
{
    private const double PointsOfTarget = 100;

    /// <summary>The differences that matter to scores and to what they are called; empty when there are none.</summary>
    public IReadOnlyList<string> Sentences =>
        [
            .. Terms(),
            .. Target(),
            .. Dimensions(),
            .. Changed("The floor", FloorOf(before), FloorOf(after)),
            .. Changed("The ceiling", CeilingOf(before), CeilingOf(after)),
            .. Changed("The tenure grace", Words.Count(before.GraceDays, "day"), Words.Count(after.GraceDays, "day")),
            .. Bands(),
            .. Changed("The description", Quoted(before.Description), Quoted(after.Description)),
        ];

    private IEnumerable<string> Terms()
    {
        var were = before.Terms.ToLookup(NameOf);
        var are = after.Terms.ToLookup(NameOf);
        foreach (var term in after.Terms)
        {
            var name = NameOf(term);
            if (were[name].FirstOrDefault() is not { } was)
            {
                yield return $"{name} counts now, with a weight of {Number(term.Weight)}{CapText(term)}.";
                continue;
            }
            foreach (
                var change in Changed($"The weight of {name}", Number(was.Weight), Number(term.Weight))
                    .Concat(Changed($"The cap of {name}", CapOf(was), CapOf(term)))
                    .Concat(Changed($"The dimension of {name}", DimensionOf(was), DimensionOf(term)))
            )
            {
                yield return change;
            }
        }
        foreach (var term in before.Terms.Where(term => !are[NameOf(term)].Any()))
        {
            yield return $"{NameOf(term)} does not count any more; it had a weight of {Number(term.Weight)}{CapText(term)}.";
        }
    }

    private IEnumerable<string> Target()
    {
        if (before.TargetPoints.Equals(after.TargetPoints))
        {
            yield break;
        }
        var change = Words.Signed(PointsOfTarget * ((before.TargetPoints / after.TargetPoints) - 1));
        yield return $"{Number(after.TargetPoints)} points make a score of 100, which {Number(before.TargetPoints)} did: the same points score {change} %.";
    }

    private IEnumerable<string> Dimensions()
    {
        var were = before.Dimensions.ToLookup(dimension => dimension.Name);
        var are = after.Dimensions.ToLookup(dimension => dimension.Name);
        foreach (var dimension in after.Dimensions)
        {
            var name = dimension.Name;
            if (were[name].FirstOrDefault() is not { } was)
            {
                yield return $"The dimension {name} is new; its cap is {CapOf(dimension)}.";
                continue;
            }
            foreach (
                var change in Changed($"The cap of the dimension {name}", CapOf(was), CapOf(dimension))
                    .Concat(Changed($"The title of the dimension {name}", Quoted(was.Title), Quoted(dimension.Title)))
            )
            {
                yield return change;
            }
        }
        foreach (var dimension in before.Dimensions.Where(dimension => !are[dimension.Name].Any()))
        {
            yield return $"There is no dimension {dimension.Name} any more; its cap was {CapOf(dimension)}.";
        }
    }

    private IEnumerable<string> Bands()
    {
        var were = before.Bands.ToLookup(band => band.Name);
        var are = after.Bands.ToLookup(band => band.Name);
        foreach (var band in after.Bands)
        {
            if (were[band.Name].FirstOrDefault() is not { } was)
            {
                yield return $"The band {band.Name} is new; it ends {EndOf(band)}.";
                continue;
            }
            foreach (
                var change in Changed($"The end of the band {band.Name}", EndOf(was), EndOf(band))
                    .Concat(Changed($"The title of the band {band.Name}", Quoted(was.Title), Quoted(band.Title)))
                    .Concat(Changed($"What the band {band.Name} counts as", Counts(was), Counts(band)))
            )
            {
                yield return change;
            }
        }
        foreach (var band in before.Bands.Where(band => !are[band.Name].Any()))
        {
            yield return $"There is no band {band.Name} any more; it ended {EndOf(band)}.";
        }
    }

    private static IEnumerable<string> Changed(string what, string was, string now) =>
        was == now ? [] : [$"{what} is {now}; it was {was}."];

    private static string NameOf(Term term)
    {
        if (TermText.Of(term) is { } text)
        {
            return text;
        }
        var measure = term.Measure == Measure.Value ? "values of " : "";
        return term.HalfLifeDays == 0
            ? $"{measure}{term.EventType} (lifetime)"
            : $"{measure}{term.EventType} ({Words.Count(term.HalfLifeDays, "day")})";
    }

    private static string CapOf(Term term) => term.HasCap ? Number(term.Cap) : "none";

    private static string CapOf(Dimension dimension) => dimension.HasCap ? Number(dimension.Cap) : "none";

    private static string DimensionOf(Term term) => term.Dimension.Length > 0 ? term.Dimension : "none";

    private static string FloorOf(ScoringModel model) => model.HasFloor ? Number(model.Floor) : "none";

    private static string CeilingOf(ScoringModel model) => model.HasCeiling ? Number(model.Ceiling) : "none";

    private static string CapText(Term term) => term.HasCap ? $" and a cap of {Number(term.Cap)}" : "";

    private static string EndOf(Band band) =>
        band.UpperEndCase switch
        {
            Band.UpperEndOneofCase.Below => $"below {Number(band.Below)}",
            Band.UpperEndOneofCase.AtMost => $"at {Number(band.AtMost)}, which belongs to it",
            _ => "nowhere",
        };

    private static string Counts(Band band) =>
        band.Engagement switch
        {
            Engagement.Engaged => "engaged",
            Engagement.SomewhatEngaged => "somewhat engaged",
            Engagement.NotEngaged => "not engaged",
            _ => "nothing",
        };

    private static string Quoted(string text) => text.Length == 0 ? "empty" : $"\"{text}\"";

    /// <summary>As exact as it is: two that differ are shown to.</summary>
    private static string Number(double value) =>
        value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
