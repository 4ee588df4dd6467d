using System.CommandLine;
using Grpc.Core;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Keys;

/// <summary><c>scoring keys create|list|revoke</c>.</summary>
internal static class KeyCommands
{
    private const int PageSize = 1_000;

    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new("keys", "Create, list and revoke the API keys that callers show to the server. For admins.")
        {
            CreateKey(screen, connection),
            List(screen, connection),
            Revoke(screen, connection),
        };

    private static Command CreateKey(Screen screen, ConnectionOptions connection)
    {
        var options = new NewKeyOptions();
        var command = connection.AddServerAndJsonTo(
            options.AddTo(
                new Command(
                    "create",
                    "Create a key. It is written to standard output, alone, and told only this once: the server keeps no more than a hash of it. Callers "
                        + "send it as 'authorization: Bearer KEY', this program with --api-key-file or SCORING_API_KEY. Whoever may grant a role is admin "
                        + "of the workspace, or of all for '*'."
                )
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var answer = await client.Admin.CreateApiKeyAsync(options.RequestOf(parsed), cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(answer);
                    return;
                }

                screen.RawOutput.WriteLine(answer.Secret);
                KeyView.ShowCreated(screen.Error, answer.Key);
            }
        );
        return command;
    }

    private static Command List(Screen screen, ConnectionOptions connection)
    {
        var command = connection.AddServerAndJsonTo(
            new Command(
                "list",
                "List the keys that you may revoke: whose they are, what they may do, and when they were used last. The keys themselves are not told."
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var list = await Pages.ReadAsync(
                    new ListApiKeysRequest { PageSize = PageSize },
                    request => client.Admin.ListApiKeysAsync(request, cancellationToken: token)
                );

                screen.Write(list, connection.Json(parsed), console => KeyView.ShowList(console, list.Keys));
            }
        );
        return command;
    }

    private static Command Revoke(Screen screen, ConnectionOptions connection)
    {
        var ids = new Argument<string[]>("ids")
        {
            Description = "Ids of keys, as 'keys list' shows them.",
            HelpName = "KEY_ID",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = connection.AddServerTo(
            new Command(
                "revoke",
                "End keys for good. Every server refuses them from then on, and streams that use one end with their next batch."
            )
            {
                ids,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                List<string> missing = [];
                foreach (var id in parsed.GetRequiredValue(ids).Select(IdOf).Distinct(StringComparer.Ordinal))
                {
                    try
                    {
                        var request = new RevokeApiKeyRequest { KeyId = id };
                        await client.Admin.RevokeApiKeyAsync(request, cancellationToken: token);
                        screen.Output.MarkupLineInterpolated($"{id} is revoked.");
                    }
                    catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
                    {
                        // The others are to end all the same.
                        missing.Add(id);
                    }
                }

                if (missing.Count > 0)
                {
                    throw new CommandFailedException(
                        $"no such key: {string.Join(", ", missing)}. It was revoked before, never was, or is not yours to revoke; see 'scoring keys list'"
                    );
                }
            }
        );
        return command;
    }

    /// <summary>The id of a key; also where the key itself was given, which is sent nowhere but to be let in.</summary>
    private static string IdOf(string text) => text.Split('_', 3) is ["scoring", var id, _] ? id : text;
}
