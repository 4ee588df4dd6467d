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
        var file = new Argument<FileInfo?>("file")
        {
            Description = "The model to try: JSON, as 'model get --file' writes it. Not beside --shadow.",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var shadow = new Option<string>("--shadow")
        {
            Description = "The model to try: one on the server, beside the model to compare with.",
            HelpName = "NAME[@VERSION]",
            DefaultValueFactory = _ => "",
        };
        var filter = FilterArgument.Create();
        var against = new Option<string>("--against")
        {
            Description =
                "The model to compare with. Unless given, the one on the server of the name in the file; beside --shadow the workspace's default.",
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
                file,
                shadow,
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
                var tried = ModelReference.Parse(parsed.GetValue(shadow) ?? "");
                var saved = parsed.GetValue(file);
                if (saved is null == (tried.Name.Length == 0))
                {
                    throw new CommandFailedException("give either a FILE or --shadow NAME: that is the model to try");
                }
                var candidate = saved is null ? null : await SavedModels.ReadAsync(saved, token);
                var chosen = parsed.GetValue(segments) ?? [];
                var compared = ModelReference.Parse(parsed.GetValue(against) ?? "");
                var request = new PreviewScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = candidate,
                    Shadow = tried.Name,
                    ShadowVersion = tried.Version,
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
