using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Core.Models;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model preview</c>: what scores would be under a model in a file, or another one on the server.</summary>
internal static class ModelPreviewCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var model = new Argument<string>("model")
        {
            Description =
                "The model to try: a file, as 'model get --file' writes it, or another model on the server, such as trial or trial@3.",
            HelpName = "FILE|NAME[@VERSION]",
        };
        var filter = FilterArgument.Create();
        var against = new Option<string>("--against")
        {
            Description =
                "The model to compare with. Unless given, the one of the name in the file; with a model on the server the workspace's default.",
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
                "Score all customers under a model in a file, or under another one on the server: both distributions, who changes bands, who moves most and why. Changes nothing."
            )
            {
                model,
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
                var tried = parsed.GetRequiredValue(model);
                var candidate = SavedModels.IsFile(tried)
                    ? await SavedModels.ReadAsync(new FileInfo(tried), token)
                    : null;
                var shadow = candidate is null ? ModelReference.Parse(tried) : default;
                var chosen = parsed.GetValue(segments) ?? [];
                var compared = ModelReference.Parse(parsed.GetValue(against) ?? "");
                var request = new PreviewScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = candidate,
                    Shadow = shadow.Name ?? "",
                    ShadowVersion = shadow.Version,
                    Against = compared.Name,
                    AgainstVersion = compared.Version,
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
                var other = candidate is null
                    ? await Palette.ReadAsync(
                        client,
                        request.Workspace,
                        preview.Candidate.ModelName,
                        preview.Candidate.ModelVersion,
                        token
                    )
                    : new Palette(candidate);
                ModelPreviewView.Show(screen.Output, preview, chosen, palette, other);
            }
        );
        return command;
    }
}
