using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary>The options that say what a model is to tell beforehand.</summary>
internal sealed class OutcomeOptions
{
    private readonly Option<string> _event = new("--event")
    {
        Description = "It happens when an event of this type occurs.",
        HelpName = "TYPE",
    };

    private readonly Option<bool> _recurring = new("--recurring")
    {
        Description = "With --event: look at customers too to whom it happened before, as with purchases.",
    };

    private readonly Option<string> _attribute = new("--attribute")
    {
        Description = "It happens when a customer's attribute gets this value.",
        HelpName = "KEY=VALUE",
    };

    private readonly Option<int> _silence = new("--silence")
    {
        Description = "It happens when a customer has done nothing for so many days.",
        HelpName = "DAYS",
    };

    private readonly Option<FileInfo> _list = new("--list")
    {
        Description =
            "It happened to the customers of this file: CSV of customer id and time, with or without a header.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _high = new("--high")
    {
        Description =
            "A high score says that it will happen, as of purchases; a low one does unless given, as of churn.",
    };

    public Command AddTo(Command command)
    {
        command.Add(_event);
        command.Add(_recurring);
        command.Add(_attribute);
        command.Add(_silence);
        command.Add(_list);
        command.Add(_high);
        command.Validators.Add(result =>
        {
            Option[] rules = [_event, _attribute, _silence, _list];
            if (rules.Count(option => result.GetResult(option) is { Implicit: false }) != 1)
            {
                result.AddError(
                    "Say what is to be told beforehand by one of --event, --attribute, --silence and --list."
                );
            }
            if (result.GetValue(_attribute) is { } attribute && !attribute.Contains('=', StringComparison.Ordinal))
            {
                result.AddError($"--attribute: '{attribute}' is not KEY=VALUE, such as plan=none.");
            }
        });
        return command;
    }

    public bool HighOf(ParseResult parsed) => parsed.GetValue(_high);

    /// <exception cref="CommandFailedException">The list cannot be read.</exception>
    public async Task<OutcomeRule> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_event) is { } type)
        {
            return new()
            {
                Event = new() { EventType = type, CanRecur = parsed.GetValue(_recurring) },
            };
        }
        if (parsed.GetValue(_attribute) is { } attribute)
        {
            var parts = attribute.Split('=', 2);
            return new()
            {
                Attribute = new() { Key = parts[0], Value = parts[1] },
            };
        }
        return parsed.GetValue(_list) is { } file
            ? new() { List = new() { Customers = { await OutcomeFile.ReadAsync(file, cancellationToken) } } }
            : new() { SilenceDays = parsed.GetValue(_silence) };
    }
}
