using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Events;

/// <summary><c>scoring events correct</c>: one event by options, or those of a file.</summary>
internal static class EventCorrectCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new("events", "Correct events that were recorded wrongly.") { Correct(screen, connection) };

    private static Command Correct(Screen screen, ConnectionOptions connection)
    {
        var customer = new Argument<string?>("customer")
        {
            Description = "The customer of the event.",
            HelpName = "CUSTOMER",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var wrong = new EventOptions("--", "The event: ");
        var right = new EventOptions("--new-", "What takes its place, unless it is only to be voided: ");
        var account = new Option<string>("--new-account")
        {
            Description = "What takes its place: the account that the customer belongs to from then on.",
            HelpName = "ACCOUNT",
        };
        var id = new Option<string>("--id")
        {
            Description =
                "What the correction is known by: made twice it changes nothing more. Of several events that are alike, each needs one of its own.",
            HelpName = "ID",
        };
        var file = new Option<string>("--file")
        {
            Description =
                "Many corrections: a CSV file with a header, or .jsonl with an object on each line, as 'export events' writes it. Columns: customer_id, event_type, occurred_at, value, feature, "
                + "correction_id, and new_event_type, new_occurred_at, new_value, new_feature, new_account_id.",
            HelpName = "FILE",
        };
        var command = connection.AddTo(
            new Command(
                "correct",
                "Void an event that was recorded wrongly, or put another one in its place: facts, scores and histories are as if it had never been recorded."
            )
            {
                customer,
                id,
                file,
            }
        );
        wrong.AddTo(command);
        right.AddTo(command);
        command.Add(account);
        command.Validators.Add(result =>
        {
            if (result.GetValue(file) is not null == result.GetValue(customer) is not null)
            {
                result.AddError("Give either a customer with --type and --at, or --file.");
            }
            else if (result.GetValue(file) is null && !wrong.IsGiven(result))
            {
                result.AddError("--type and --at are needed to find the event.");
            }
        });
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var workspace = connection.WorkspaceOf(parsed);
                var corrections = parsed.GetValue(file) is { } path
                    ? CorrectionFile.Read(path)
                    : [new("", One(parsed))];
                var done = await CorrectionBatches.SendAsync(client, workspace, corrections, token);
                screen.Write(
                    new CorrectEventsResponse { Results = { done.Select(of => of.Result) } },
                    connection.Json(parsed),
                    console => CorrectionView.Show(console, done)
                );
                CorrectionView.ThrowIfAnyFailed(done);
            }
        );
        return command;

        EventCorrection One(ParseResult parsed)
        {
            var customerId = parsed.GetValue(customer)!;
            var item = wrong.Of(parsed, wrong.TypeOf(parsed)!, wrong.AtOf(parsed)!);
            item.CustomerId = customerId;
            var correction = new EventCorrection { Event = item };
            if (right.IsAnyGiven(parsed) || parsed.GetValue(account) is not null)
            {
                correction.Replacement = right.Of(
                    parsed,
                    right.TypeOf(parsed) ?? item.Type,
                    right.AtOf(parsed) ?? item.OccurredAt
                );
                correction.Replacement.AccountId = parsed.GetValue(account) ?? "";
            }
            correction.CorrectionId = parsed.GetValue(id) ?? CorrectionIds.Of(correction, number: 0);
            return correction;
        }
    }

    /// <summary>The options that name an event.</summary>
    private sealed class EventOptions(string prefix, string what)
    {
        private readonly Option<string> _type = new($"{prefix}type")
        {
            Description = $"{what}its type.",
            HelpName = "TYPE",
        };

        private readonly Option<Timestamp?> _at = RelativeTime.Exact(
            $"{prefix}at",
            $"{what}when it occurred, exactly, as 'export events' writes it."
        );

        private readonly Option<double?> _value = new($"{prefix}value")
        {
            Description = $"{what}its value; 1 unless given.",
            HelpName = "VALUE",
        };

        private readonly Option<string> _feature = new($"{prefix}feature")
        {
            Description = $"{what}the feature that was used; none unless given.",
            HelpName = "FEATURE",
        };

        public void AddTo(Command command)
        {
            command.Add(_type);
            command.Add(_at);
            command.Add(_value);
            command.Add(_feature);
        }

        public bool IsGiven(System.CommandLine.Parsing.CommandResult result) =>
            result.GetResult(_type) is not null && result.GetResult(_at) is not null;

        public bool IsAnyGiven(ParseResult parsed) =>
            parsed.GetResult(_type) is not null
            || parsed.GetResult(_at) is not null
            || parsed.GetResult(_value) is not null
            || parsed.GetResult(_feature) is not null;

        public string? TypeOf(ParseResult parsed) => parsed.GetValue(_type);

        public Timestamp? AtOf(ParseResult parsed) => parsed.GetValue(_at);

        public Event Of(ParseResult parsed, string type, Timestamp at)
        {
            var item = new Event
            {
                Type = type,
                OccurredAt = at,
                Feature = parsed.GetValue(_feature) ?? "",
            };
            if (parsed.GetValue(_value) is { } value)
            {
                item.Value = value;
            }
            return item;
        }
    }
}
