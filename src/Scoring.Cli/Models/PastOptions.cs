using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.Core.Models;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary>The arguments and options that say which model the past is asked about, of whom, and at which cut-offs.</summary>
internal sealed class PastOptions
{
    private readonly Argument<string> _name = new("name")
    {
        Description = "The model, of its current version unless one is named; the workspace's default unless given.",
        HelpName = "NAME[@VERSION]",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<FileInfo> _file = new("--file", "-f")
    {
        Description =
            "Take the model in this file instead, which is not stored: JSON, as 'model get --file' writes it.",
        HelpName = "FILE",
    };

    private readonly Option<string> _filter = new("--filter")
    {
        Description = "Who, at each cut-off; everyone unless given. As in: scoring segment --help.",
        HelpName = "FILTER",
    };

    private readonly Option<string> _segment = new("--segment") { Description = "A saved segment.", HelpName = "NAME" };

    private readonly OutcomeOptions _outcome = new();

    private readonly Option<int> _horizon = new("--horizon")
    {
        Description = "How long after a cut-off it may happen.",
        HelpName = "DAYS",
        DefaultValueFactory = _ => 30,
    };

    private readonly Option<int> _cutOffs = new("--cut-offs")
    {
        Description = "At how many instants customers are scored.",
        HelpName = "N",
        DefaultValueFactory = _ => 6,
    };

    private readonly Option<int> _every = new("--every")
    {
        Description = "How far these lie apart; as long as the horizon unless given.",
        HelpName = "DAYS",
    };

    private readonly Option<Timestamp?> _last = RelativeTime.Past(
        "--last",
        "The last of them; a horizon before now unless given."
    );

    private readonly Option<bool> _understood = new("--as-understood-now")
    {
        Description =
            "Count events from when they occurred, whenever they came to be known: for a past that was recorded later and does not say when it was known. Scores are as they were known then unless given.",
    };

    public Command AddTo(Command command)
    {
        command.Add(_name);
        command.Add(_file);
        command.Add(_filter);
        command.Add(_segment);
        _outcome.AddTo(command);
        command.Add(_horizon);
        command.Add(_cutOffs);
        command.Add(_every);
        command.Add(_last);
        command.Add(_understood);
        return command;
    }

    /// <summary>What is asked of one model.</summary>
    /// <exception cref="CommandFailedException">A file cannot be read.</exception>
    public async Task<EvaluateScoringModelRequest> ReadAsync(
        ParseResult parsed,
        string workspace,
        CancellationToken cancellationToken
    )
    {
        var model = ModelReference.Parse(parsed.GetValue(_name) ?? "");
        return new()
        {
            Workspace = workspace,
            Model = model.Name,
            ModelVersion = model.Version,
            Candidate = parsed.GetValue(_file) is { } candidate
                ? await SavedModels.ReadAsync(candidate, cancellationToken)
                : null,
            Filter = parsed.GetValue(_filter) ?? "",
            Segment = parsed.GetValue(_segment) ?? "",
            Outcome = await _outcome.ReadAsync(parsed, cancellationToken),
            HorizonDays = parsed.GetValue(_horizon),
            CutOffCount = parsed.GetValue(_cutOffs),
            CutOffIntervalDays = parsed.GetValue(_every),
            LastCutOff = parsed.GetValue(_last),
            HighScoresExpectIt = _outcome.HighOf(parsed),
            AsUnderstoodNow = parsed.GetValue(_understood),
        };
    }
}
