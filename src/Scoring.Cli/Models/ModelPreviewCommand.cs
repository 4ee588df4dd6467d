using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Core.Models;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model preview</c>: what scores would be under a model in a file.</summary>
internal static class ModelPreviewCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var file = new Argument<FileInfo>("file")
        {
            Description = "The model to try: JSON, as 'model get --file' writes it.",
            HelpName = "FILE",
        };
        var filter = FilterArgument.Create();
        var against = new Option<string>("--against")
        {
            Description = "The model to compare with; the one of the same name on the server unless given.",
            HelpName = "NAME[@VERSION]",
            DefaultValueFactory = _ => "",
        };
        var movers = new Option<int>("--movers")
        {
            Description = "How many customers to show whose scores rise most, and whose fall most.",
            HelpName = "N",
            DefaultValueFactory = _ => 5,
        };
        var segments = new Option<string[]>("--segment")
        {
            Description =
                "A segment to tell of beside all of them, by its name or a filter, such as: trials, or: plan = pro. Repeatable, up to 20 times.",
            HelpName = "NAME|FILTER",
        };
        var command = connection.AddPreviewTo(
            new Command(
                "preview",
                "Score all customers under a model that is not stored yet: both distributions, who changes bands, who moves most and why. Changes nothing."
            )
            {
                file,
                filter,
                against,
                movers,
                segments,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var candidate = await SavedModels.ReadAsync(parsed.GetRequiredValue(file), token);
                var chosen = parsed.GetValue(segments) ?? [];
                var other = ModelReference.Parse(parsed.GetValue(against) ?? "");
                var request = new PreviewScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = candidate,
                    Against = other.Name,
                    AgainstVersion = other.Version,
                    Filter = parsed.GetValue(filter) ?? "",
                    MoverCount = parsed.GetValue(movers),
                    ReadTime = connection.ReadTimeOf(parsed),
                    Segments = { chosen.Select(FilterArgument.Choose) },
                };
                var preview = await client.Models.PreviewScoringModelAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(preview);
                    return;
                }
                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    preview.Current.ModelName,
                    preview.Current.ModelVersion,
                    token
                );
                ModelPreviewView.Show(screen.Output, preview, chosen, palette, new Palette(candidate));
            }
        );
        return command;
    }
}
