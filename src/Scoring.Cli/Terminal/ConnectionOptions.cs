using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Times;
using Scoring.Client;
using Scoring.Core.Models;

namespace Scoring.Cli.Terminal;

/// <summary>The options of every command that talks to a running server.</summary>
internal sealed class ConnectionOptions
{
    private const string AddressVariable = "SCORING_ADDRESS";
    private const string ApiKeyVariable = "SCORING_API_KEY";
    private const string DefaultAddress = "http://localhost:5081";

    private readonly Option<string> _address = new("--address", "-a")
    {
        Description = $"Address of the server (gRPC). Also set by {AddressVariable}.",
        HelpName = "URL",
        DefaultValueFactory = _ =>
            Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } set ? set : DefaultAddress,
    };

    private readonly Option<string> _ca = FileOption(
        "--ca",
        "SCORING_CA",
        "PEM file of root certificates to trust at an https address, instead of the system's."
    );

    private readonly Option<string> _certificate = FileOption(
        "--cert",
        "SCORING_CERT",
        "PEM file of the client certificate to show at an https address."
    );

    private readonly Option<string> _key = FileOption(
        "--key",
        "SCORING_KEY",
        "PEM file of the private key of the client certificate."
    );

    private readonly Option<string> _apiKeyFile = FileOption(
        "--api-key-file",
        $"{ApiKeyVariable}_FILE",
        "File with the API key, or another bearer token, in its first line."
    );

    private readonly Screen _screen;

    private readonly Option<string> _workspace = new("--workspace", "-w")
    {
        Description = "Workspace on the server.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON for programs instead of text." };

    private readonly Option<Timestamp?> _readTime = new("--read-time", "-t")
    {
        Description =
            "Instant to answer for, for example 2025-01-01T00:00:00Z; now unless given. Before the newest event the past is told, of customers and segments.",
        HelpName = "TIME",
        CustomParser = result => ParseTime(result.Tokens[0].Value, result.AddError),
    };

    private readonly Option<string> _model = new("--model", "-m")
    {
        Description =
            "Scoring model, of its current version unless one is named; the workspace's default unless given.",
        HelpName = "NAME[@VERSION]",
        DefaultValueFactory = _ => "",
    };

    /// <param name="screen">Where warnings go.</param>
    public ConnectionOptions(Screen screen)
    {
        _screen = screen;
        _apiKeyFile.Description += $" {ApiKeyVariable} is the key itself, for where no file is named.";
        _address.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string>();
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                result.AddError($"--address: '{text}' is not an address; write for example {DefaultAddress}.");
            }
        });
    }

    /// <summary>Reads an instant of the command line; without an offset it is UTC.</summary>
    public static Timestamp? ParseTime(string text, Action<string> addError)
    {
        if (TimestampFormats.Default.TryParse(text, out var time))
        {
            return Timestamp.FromDateTimeOffset(time);
        }

        addError($"'{text}' is not a time in ISO 8601; write for example 2025-01-31 or 2025-01-31T12:30:00Z.");
        return null;
    }

    /// <summary>Holds the number that an option is given to a rule.</summary>
    public static void Require<T>(Option<T> option, Func<double, bool> isGood, string rule) =>
        option.Validators.Add(result =>
        {
            if (
                result.Tokens is [var token, ..]
                && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var number)
                && !isGood(number)
            )
            {
                result.AddError($"{option.Name} {rule}.");
            }
        });

    /// <summary>Adds the options of a command that is of no workspace.</summary>
    public Command AddServerTo(Command command)
    {
        command.Add(_address);
        command.Add(_apiKeyFile);
        command.Add(_ca);
        command.Add(_certificate);
        command.Add(_key);
        return command;
    }

    /// <summary>Adds the options of a command that is of no workspace and answers in JSON too.</summary>
    public Command AddServerAndJsonTo(Command command)
    {
        AddServerTo(command).Add(_json);
        return command;
    }

    /// <summary>Adds the options of a command that writes.</summary>
    public Command AddTo(Command command)
    {
        AddServerTo(command).Add(_workspace);
        command.Add(_json);
        return command;
    }

    /// <summary>Adds the options of a command that writes what it reads for other programs.</summary>
    public Command AddExportTo(Command command)
    {
        command.Add(_model);
        AddServerTo(command).Add(_workspace);
        return command;
    }

    /// <summary>Adds the options of a command that reads scores of the past, at instants of its own.</summary>
    public Command AddPastTo(Command command)
    {
        command.Add(_model);
        return AddTo(command);
    }

    /// <summary>Adds the options of a command that reads scores by a model that it has from elsewhere.</summary>
    public Command AddPreviewTo(Command command)
    {
        command.Add(_readTime);
        return AddTo(command);
    }

    /// <summary>Adds the options of a command that reads scores.</summary>
    public Command AddReadingTo(Command command)
    {
        command.Add(_model);
        return AddPreviewTo(command);
    }

    public string AddressOf(ParseResult parsed) => parsed.GetValue(_address) ?? DefaultAddress;

    public string WorkspaceOf(ParseResult parsed) => parsed.GetValue(_workspace) ?? "";

    public ModelReference ModelOf(ParseResult parsed) => ModelReference.Parse(parsed.GetValue(_model) ?? "");

    public Timestamp? ReadTimeOf(ParseResult parsed) => parsed.GetValue(_readTime);

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <exception cref="CommandFailedException">A file of certificates or keys is no good, or the API key would be sent in plain text.</exception>
    public ScoringClient Connect(ParseResult parsed)
    {
        var tls = new ClientTlsOptions
        {
            CaFile = File(_ca),
            CertificateFile = File(_certificate),
            KeyFile = File(_key),
        };
        if ((tls.CertificateFile is null) != (tls.KeyFile is null))
        {
            throw new CommandFailedException(
                "--cert and --key (SCORING_CERT, SCORING_KEY) go together; one is missing"
            );
        }

        var address = AddressOf(parsed);
        var (apiKey, source) = ApiKeyOf(File(_apiKeyFile));
        if (apiKey is not null && new Uri(address) is { Scheme: "http", IsLoopback: false })
        {
            throw new CommandFailedException(
                $"the API key of {source} would be sent in plain text to {address}; write https:// instead of http://"
            );
        }

        try
        {
            return new ScoringClient(
                new ScoringClientOptions
                {
                    Address = address,
                    ApiKey = apiKey,
                    Tls = tls,
                    // The server's setting is the only one that counts.
                    MaxMessageBytes = int.MaxValue,
                }
            );
        }
        catch (InvalidDataException e)
        {
            throw new CommandFailedException(e.Message, e);
        }
        catch (ArgumentException e) when (apiKey is not null)
        {
            throw new CommandFailedException(
                $"{source} holds no API key: its first line must be the key and nothing else",
                e
            );
        }

        string? File(Option<string> option) => parsed.GetValue(option) is { Length: > 0 } file ? file : null;
    }

    /// <summary>The key and where it is from; no key where none is given.</summary>
    private (string? Key, string Source) ApiKeyOf(string? file) =>
        file is not null ? (ApiKeyFile.Read(file, _screen), file)
        : Environment.GetEnvironmentVariable(ApiKeyVariable) is { Length: > 0 } set ? (set.Trim(), ApiKeyVariable)
        : (null, "");

    private static Option<string> FileOption(string name, string variable, string meaning) =>
        new(name)
        {
            Description = $"{meaning} Also set by {variable}.",
            HelpName = "FILE",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) ?? "",
        };
}
