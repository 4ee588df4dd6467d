using Scoring.Cli.Terminal;

namespace Scoring.Cli.Tests.Import;

/// <summary>How rows of files, clean and dirty, become customers, accounts and events.</summary>
public sealed class RowSpecs : IDisposable
{
    private const string EventsOf = """
        version: 1
        files:
          - path: e.csv
            events:
              - { type: "{what}", id: "{id}", customer: "{who}", at: "{when}", value: "{n}" }
        """;

    private readonly ImportRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Rows_become_accounts_customers_and_events()
    {
        _run.Folder.Write("people.csv", "id,firm,plan,seats\nu1,f1,P,5\n");
        _run.Folder.Write("uses.jsonl", """{"id":"e1","user":{"id":"u1"},"at":1735603200,"n":2.5,"feature":"chart"}""");

        var report = await _run.RunAsync(
            """
            version: 1
            files:
              - path: people.csv
                accounts:
                  - { id: "{firm}", seats: "{seats}", attributes: { kind: firm } }
                customers:
                  - id: "{id}"
                    account: "{firm}"
                    attributes: { plan: { from: "{plan}", map: { P: pro, B: basic } } }
              - path: uses.jsonl
                timestamps: unix
                events:
                  - type: feature_used
                    id: "{id}"
                    customer: "{user.id}"
                    at: "{at}"
                    value: "{n}"
                    feature: "{feature}"
            """
        );

        Assert.True(report.Tallies);
        Assert.Equal(0, report.Rejected);
        var account = Assert.Single(_run.Target.Accounts).Value;
        Assert.Equal(("f1", 5, "firm"), (account.AccountId, account.SeatCount, account.Attributes["kind"]));
        var customer = Assert.Single(_run.Target.Customers).Value;
        Assert.Equal(("u1", "f1", "pro"), (customer.CustomerId, customer.AccountId, customer.Attributes["plan"]));
        var item = Assert.Single(_run.Target.Events);
        Assert.Equal(
            ("feature_used", "e1", "u1", 2.5, "chart"),
            (item.Type, item.EventId, item.CustomerId, item.Value, item.Feature)
        );
        Assert.Equal(new DateTimeOffset(2024, 12, 31, 0, 0, 0, TimeSpan.Zero), item.OccurredAt.ToDateTimeOffset());
    }

    [Fact]
    public async Task An_event_was_known_when_it_happened_unless_a_column_says_otherwise()
    {
        _run.Folder.Write("e.csv", "id,when,loaded\n1,2024-01-01,2024-01-03\n2,2024-01-02,");

        await _run.RunAsync(
            """
            version: 1
            files:
              - path: e.csv
                events:
                  - { type: ran, id: "{id}", customer: c, at: "{when}", known_at: "{loaded}" }
            """
        );

        Assert.Equal(
            [(1, 3), (2, 2)],
            _run.Target.Events.Select(e => (e.OccurredAt.ToDateTime().Day, e.KnownAt.ToDateTime().Day))
        );
    }

    [Fact]
    public async Task Byte_order_mark_quotes_line_breaks_in_quotes_and_blank_lines_are_read_as_RFC_4180_has_them()
    {
        _run.Folder.Write(
            "e.csv",
            "\uFEFFid,who,what,when,n\r\n\r\n1,\"Ada, \"\"Countess\"\"\",ran,2024-01-01,1\r\n\n2,\"two\nlines\",ran,2024-01-01,1"
        );

        var report = await _run.RunAsync(EventsOf);

        Assert.Equal(2, Assert.Single(report.Lines).Rows);
        Assert.Equal(["Ada, \"Countess\"", "two\nlines"], _run.Target.Events.Select(e => e.CustomerId));
    }

    [Theory]
    [InlineData("1,u,ran,2024-01-01", "malformed_row", "4 fields where the header has 5")]
    [InlineData("1,u,ran,2024-01-01,1,2", "malformed_row", "6 fields where the header has 5")]
    [InlineData("1,u\"x,ran,2024-01-01,1", "malformed_row", "a quote inside a field that does not begin with one")]
    [InlineData("1,\"u\"x,ran,2024-01-01,1", "malformed_row", "text after the closing quote of a field")]
    [InlineData(
        "1,u,ran,01/02/2024,1",
        "bad_timestamp",
        "'01/02/2024' is not a time of the form ISO 8601 (2025-01-31 or"
    )]
    [InlineData("1,u,ran,,1", "value_empty", "'files[0].events[0].at' is empty")]
    [InlineData("1,u,ran,2024-01-01,many", "bad_number", "'many' is not a number")]
    [InlineData("1,u,ran,2024-01-01,NaN", "bad_number", "'NaN' is not a number")]
    [InlineData("1,u,ran,2024-01-01,", "value_empty", "'files[0].events[0].value' is empty")]
    [InlineData(",u,ran,2024-01-01,1", "value_empty", "'files[0].events[0].id' is empty")]
    [InlineData("1,,ran,2024-01-01,1", "value_empty", "'files[0].events[0].customer' is empty")]
    public async Task A_bad_row_is_refused_with_its_line_and_the_others_are_taken(
        string bad,
        string reason,
        string message
    )
    {
        _run.Folder.Write("e.csv", $"id,who,what,when,n\n0,u,ran,2024-01-01,1\n\n{bad}\n9,u,ran,2024-01-01,1\n");

        var report = await _run.RunAsync(EventsOf);

        var rule = Assert.Single(report.Lines);
        Assert.True(report.Tallies);
        Assert.Equal((3, 2, 1), (rule.Rows, rule.Accepted, rule.RejectedHere));
        var rejection = Assert.Single(rule.Rejections);
        Assert.Equal((reason, 4, 1), (rejection.Reason, rejection.FirstLine, rejection.Rows));
        Assert.StartsWith(message, rejection.FirstMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_refuses_is_reported_with_the_line_of_the_row()
    {
        _run.Folder.Write("e.csv", "id,who,what,when,n\n1,u,ran,2024-01-01,1\n2,u,ran,2999-01-01,1\n");

        var report = await _run.RunAsync(EventsOf);

        var rule = Assert.Single(report.Lines);
        Assert.True(report.Tallies);
        Assert.Equal((1, 1), (rule.Accepted, rule.RejectedByServer));
        Assert.Equal(
            ("occurred_at_in_future", 3),
            (rule.Rejections.Single().Reason, rule.Rejections.Single().FirstLine)
        );
    }

    [Fact]
    public async Task A_missing_column_stops_the_import_before_anything_is_sent_and_names_the_place_in_the_mapping()
    {
        _run.Folder.Write("e.csv", "id,who,what,n\n1,u,ran,1\n");

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(EventsOf));

        Assert.Contains(
            "e.csv:1: there is no column 'when', which the mapping reads in line 5 (files[0].events[0].at); the header has id, who",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(_run.Target.Events);
    }

    [Theory]
    [InlineData("", "e.csv:1: the file is empty")]
    [InlineData("id,who,what,when,n,id\n", "e.csv:1: the header names the column 'id' twice")]
    public async Task A_file_without_a_usable_header_stops_the_import(string content, string expected)
    {
        _run.Folder.Write("e.csv", content);

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(EventsOf));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_does_not_swallow_a_large_file()
    {
        var rows = string.Concat(Enumerable.Repeat("1,u,ran,2024-01-01,1\n", 100_000));
        _run.Folder.Write("e.csv", $"id,who,what,when,n\n1,\"u,ran,2024-01-01,1\n{rows}");

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(EventsOf));

        Assert.Contains("is a quote not closed?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":", "not a JSON object (byte")]
    [InlineData("[1]", "a JSON Array where an object is expected")]
    [InlineData("""{"id":"1","id":"2"}""", "the member 'id' occurs twice")]
    public async Task A_line_that_is_not_a_JSON_object_is_refused_with_its_line(string bad, string message)
    {
        _run.Folder.Write("e.jsonl", $$"""{"id":"1","who":"u"}{{"\n"}}{{bad}}{{"\n"}}""");

        var report = await _run.RunAsync(
            "version: 1\nfiles:\n  - path: e.jsonl\n    customers:\n      - id: '{who}'\n"
        );

        var rejection = Assert.Single(Assert.Single(report.Lines).Rejections);
        Assert.Equal(("malformed_row", 2), (rejection.Reason, rejection.FirstLine));
        Assert.StartsWith(message, rejection.FirstMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditions_decide_which_rows_a_rule_wants_and_the_others_are_counted()
    {
        _run.Folder.Write("e.csv", "id,flag,note\n1,True,x\n2,False,\n3,Maybe,y\n");

        var report = await _run.RunAsync(
            """
            version: 1
            files:
              - path: e.csv
                events:
                  - { type: yes, id: "{id}", customer: u, at: "2024-01-01", when: [{ column: flag, is: "True" }] }
                  - { type: some, id: "s{id}", customer: u, at: "2024-01-01", when: [{ column: flag, is: ["True", Maybe] }] }
                  - { type: no, id: "n{id}", customer: u, at: "2024-01-01", when: [{ column: flag, is_not: "True" }, { column: note, present: true }] }
                  - { type: bare, id: "b{id}", customer: u, at: "2024-01-01", when: [{ column: note, present: false }] }
            """
        );

        Assert.True(report.Tallies);
        Assert.Equal(["1", "s1", "s3", "n3", "b2"], _run.Target.Events.Select(e => e.EventId));
        Assert.Equal([2, 1, 2, 2], report.Lines.Select(rule => rule.NotWanted));
    }

    [Fact]
    public async Task A_value_outside_its_map_is_refused_unless_the_map_has_an_else()
    {
        _run.Folder.Write("c.csv", "id,plan\n1,P\n2,X\n");
        const string Mapping = """
            version: 1
            files:
              - path: c.csv
                customers:
                  - { id: "{id}", attributes: { plan: { from: "{plan}", map: { P: pro } } } }
                  - { id: "{id}", attributes: { plan: { from: "{plan}", map: { P: pro }, else: other } } }
            """;

        var report = await _run.RunAsync(Mapping);

        Assert.Equal([1, 0], report.Lines.Select(rule => rule.RejectedHere));
        Assert.Equal("value_not_in_map", report.Lines[0].Rejections.Single().Reason);
        Assert.Equal("other", _run.Target.Customers["2"].Attributes["plan"]);
    }

    [Fact]
    public async Task One_file_of_a_folder_can_be_imported_alone()
    {
        _run.Folder.Write("a.csv", "id\n1\n");
        var other = _run.Folder.Write("b.csv", "id\n2\n");
        const string Mapping =
            "version: 1\nfiles:\n  - path: a.csv\n    customers: [{ id: '{id}' }]\n  - path: b.csv\n    customers: [{ id: '{id}' }]\n";

        await _run.RunAsync(Mapping, other);

        Assert.Equal(["2"], _run.Target.Customers.Keys);
    }

    [Fact]
    public async Task The_file_of_a_mapping_of_one_file_may_have_any_name()
    {
        var file = _run.Folder.Write("today.csv", "id\n1\n");

        await _run.RunAsync("version: 1\nfiles:\n  - path: a.csv\n    customers: [{ id: '{id}' }]\n", file);

        Assert.Equal(["1"], _run.Target.Customers.Keys);
    }

    [Fact]
    public async Task A_file_that_is_missing_is_named_with_the_line_of_the_mapping_that_wants_it()
    {
        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(EventsOf));

        Assert.Contains(
            "e.csv: there is no such file; the mapping reads it (line 3)",
            error.Message,
            StringComparison.Ordinal
        );
    }
}
