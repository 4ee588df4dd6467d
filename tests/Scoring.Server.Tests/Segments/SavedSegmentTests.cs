using Grpc.Core;
using Scoring.Core.Filters;
using Scoring.Server.Tests.Access;
using Scoring.Server.Tests.Reading;
using Scoring.V1;

namespace Scoring.Server.Tests.Segments;

/// <summary>Segments that have a name.</summary>
public sealed class SavedSegmentTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Segment_is_kept_as_it_was_put_with_who_put_it_when()
    {
        await using var front = await Front.StartAsync();
        var segments = new SegmentService.SegmentServiceClient(front.Channel);

        var put = await PutAsync(front, "trials", "plan = trial", description: "On trial");
        front.Time.Advance(TimeSpan.FromHours(1));
        var changed = await PutAsync(front, "trials", "plan = 'trial'", etag: put.Etag);

        Assert.Equal(
            ("trials", "plan = trial", "On trial", "anonymous"),
            (put.Name, put.Filter, put.Description, put.Author)
        );
        Assert.Equal((Front.Now, Front.Now), (put.CreateTime.ToDateTimeOffset(), put.UpdateTime.ToDateTimeOffset()));
        Assert.Equal(
            (Front.Now, Front.Now.AddHours(1)),
            (changed.CreateTime.ToDateTimeOffset(), changed.UpdateTime.ToDateTimeOffset())
        );
        Assert.NotEqual(put.Etag, changed.Etag);
        Assert.Equal(changed, await segments.GetSegmentAsync(new() { Name = "trials" }, cancellationToken: Token));
        Assert.Empty(
            (await segments.ListSegmentsAsync(new() { Workspace = "trial" }, cancellationToken: Token)).Segments
        );
    }

    [Fact]
    public async Task Segments_are_listed_by_name_page_by_page()
    {
        await using var front = await Front.StartAsync();
        var segments = new SegmentService.SegmentServiceClient(front.Channel);
        foreach (var name in new[] { "c", "a", "b" })
        {
            await PutAsync(front, name, "plan = pro");
        }

        var first = await segments.ListSegmentsAsync(new() { PageSize = 2 }, cancellationToken: Token);
        var second = await segments.ListSegmentsAsync(
            new() { PageToken = first.NextPageToken },
            cancellationToken: Token
        );

        Assert.Equal(["a", "b"], first.Segments.Select(segment => segment.Name));
        Assert.Equal(["c"], second.Segments.Select(segment => segment.Name));
        Assert.Empty(second.NextPageToken);
    }

    [Theory]
    [InlineData("", "plan = pro", "segment.name")]
    [InlineData("Trials", "plan = pro", "segment.name")]
    [InlineData("trials", "", "segment.filter")]
    [InlineData("trials", "plan == pro", "segment.filter", "line 1, column 7")]
    [InlineData("trials", "plan = 'a\u202eb'", "segment.filter", "remove U+202E")]
    [InlineData("trials", "plan = 'a\u001bb'", "segment.filter", "remove U+001B")]
    [InlineData("trials", "events(login, 9d) > 1", "segment.filter", "keeps 7d, 30d")]
    [InlineData("trials", "in_segment(paying)", "segment.filter", "names the segment paying, which is not there")]
    [InlineData(
        "trials",
        "in_segment(trials)",
        "segment.filter",
        "leads back to the segment itself: trials uses trials"
    )]
    public async Task What_is_no_segment_is_refused_with_the_field(
        string name,
        string filter,
        string field,
        string message = ""
    )
    {
        await using var front = await Front.StartAsync();
        var failure = await FailAsync(() => PutAsync(front, name, filter));
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Contains(field, failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_named_at_once()
    {
        await using var front = await Front.StartAsync();
        var failure = await FailAsync(() => PutAsync(front, "No", "plan", description: "a\u202eb"));
        Assert.Equal(["segment.name", "segment.description", "segment.filter"], failure.Fields);
    }

    [Fact]
    public async Task Segment_that_was_changed_since_it_was_read_is_not_replaced_or_deleted()
    {
        await using var front = await Front.StartAsync();
        var segments = new SegmentService.SegmentServiceClient(front.Channel);
        var read = await PutAsync(front, "trials", "plan = trial");
        var changed = await PutAsync(front, "trials", "plan = free");

        var put = await FailAsync(() => PutAsync(front, "trials", "plan = pro", etag: read.Etag));
        var delete = await FailAsync(() => DeleteAsync("trials", read.Etag));

        Assert.Equal((StatusCode.Aborted, "ETAG_MISMATCH"), (put.Code, put.Reason));
        Assert.Equal((StatusCode.Aborted, "ETAG_MISMATCH"), (delete.Code, delete.Reason));
        await DeleteAsync("trials", changed.Etag);
        var gone = await FailAsync(() => DeleteAsync("trials", ""));
        Assert.Equal((StatusCode.NotFound, "SEGMENT_NOT_FOUND"), (gone.Code, gone.Reason));
        // An etag is of one state: not that of a later segment of the same name either.
        Assert.NotEqual(changed.Etag, (await PutAsync(front, "trials", "plan = free")).Etag);

        Task<DeleteSegmentResponse> DeleteAsync(string name, string etag) =>
            segments.DeleteSegmentAsync(new() { Name = name, Etag = etag }, cancellationToken: Token).ResponseAsync;
    }

    [Fact]
    public async Task Segment_that_others_use_is_not_deleted_and_they_are_named()
    {
        await using var front = await Front.StartAsync();
        var segments = new SegmentService.SegmentServiceClient(front.Channel);
        await PutAsync(front, "trials", "plan = trial");
        await PutAsync(front, "quiet", "NOT last_event < 7d AND NOT in_segment(trials)");
        await PutAsync(front, "far", "country = NZ AND in_segment(trials)");

        var refused = await FailAsync(() =>
            segments.DeleteSegmentAsync(new() { Name = "trials" }, cancellationToken: Token).ResponseAsync
        );

        Assert.Equal((StatusCode.FailedPrecondition, "SEGMENT_IN_USE"), (refused.Code, refused.Reason));
        Assert.Equal("far, quiet", refused.Metadata["used_by"]);
    }

    [Fact]
    public async Task Segment_that_leads_back_to_itself_is_refused_with_the_way()
    {
        await using var front = await Front.StartAsync();
        await PutAsync(front, "a", "plan = a");
        await PutAsync(front, "b", "in_segment(a)");
        await PutAsync(front, "c", "plan = c OR in_segment(b)");

        var refused = await FailAsync(() => PutAsync(front, "a", "NOT in_segment(c)"));

        Assert.Contains(
            "leads back to the segment itself: a uses c uses b uses a",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Segments_that_would_become_too_large_with_those_they_use_are_refused()
    {
        await using var front = await Front.StartAsync();
        await PutAsync(front, "a", Repeated("plan = a", 64));
        await PutAsync(front, "b", Repeated("in_segment(a)", 15));
        var direct = await FailAsync(() => PutAsync(front, "c", Repeated("in_segment(b)", 2)));
        await PutAsync(front, "c", "plan = c");
        await PutAsync(front, "d", Repeated("in_segment(c)", 20));
        var byOthers = await FailAsync(() => PutAsync(front, "c", "in_segment(a)"));

        Assert.Contains("more than 1,000 clauses", direct.Message, StringComparison.Ordinal);
        Assert.Contains("the segment d, which uses it", byOthers.Message, StringComparison.Ordinal);

        static string Repeated(string clause, int times) => string.Join(" AND ", Enumerable.Repeat(clause, times));
    }

    [Theory]
    [InlineData("in_segment(quiet) AND country = NZ", "")]
    [InlineData("country = NZ", "quiet")]
    public async Task Saved_segment_stands_for_its_filter_wherever_one_is(string filter, string segment)
    {
        await using var front = await Front.StartAsync();
        await PutAsync(front, "trials", "plan = trial");
        await PutAsync(front, "quiet", "NOT last_event < 7d AND in_segment(trials)");
        front.Backend.OnSegment = ReadingTests.Empty;

        await front.CallAsync<GetSegmentStatsRequest, SegmentStats>(
            "GetSegmentStats",
            new() { Filter = filter, Segment = segment }
        );

        var asked = front.Backend.SegmentQuery!.Filter.Condition.Tests().ToList();
        Assert.Equal(3, asked.Count);
        Assert.Contains(asked, test => test is Condition.AgeTest { Age: { TotalDays: 7 } });
        Assert.Contains(asked, test => test is Condition.TextTest { Key: "plan", Values: ["trial"], Place: -1 });
        Assert.Contains(asked, test => test is Condition.TextTest { Key: "country", Place: >= 0 });
    }

    [Fact]
    public async Task Segments_are_compared_with_the_first_by_name_or_filter()
    {
        await using var front = await Front.StartAsync();
        await PutAsync(front, "trials", "plan = trial");
        front.Backend.OnSegment = query =>
            ReadingTests.Empty(query) with
            {
                Customers = 10,
                Mean = query.Filter.Clauses is [_, ..] ? 40 : 30,
                StandardDeviation = 3,
            };

        var answer = await new SegmentService.SegmentServiceClient(front.Channel).CompareSegmentsAsync(
            new()
            {
                Model = "adoption",
                Segments =
                {
                    new SegmentChoice(),
                    new SegmentChoice { Segment = "trials", Filter = "country = NZ" },
                    new SegmentChoice { Filter = "score < 40" },
                },
            },
            cancellationToken: Token
        );

        Assert.Equal([30, 40, 30], answer.Segments.Select(segment => segment.Stats.Mean));
        Assert.Null(answer.Segments[0].Difference);
        var difference = answer.Segments[1].Difference;
        Assert.Equal(10, difference.MeanDifference);
        Assert.InRange(difference.LowerBound, 6, 8);
        Assert.InRange(difference.UpperBound, 12, 14);
        Assert.InRange(difference.EffectSize, 2.9, 3.1);
        Assert.Equal(0, answer.Segments[2].Difference.MeanDifference);
        Assert.All(front.Backend.SegmentQueries, query => Assert.Equal("adoption", query.Model));
    }

    [Theory]
    [InlineData(1, "", "", "segments", "must be 2 to 20")]
    [InlineData(21, "", "", "segments", "must be 2 to 20")]
    [InlineData(2, "", "plan ==", "segments[0].filter", "line 1, column 7")]
    [InlineData(2, "trails", "", "segments[0].segment", "is no saved segment")]
    public async Task What_cannot_be_compared_is_refused_with_the_field(
        int count,
        string segment,
        string filter,
        string field,
        string message
    )
    {
        await using var front = await Front.StartAsync();
        var choice = new SegmentChoice { Segment = segment, Filter = filter };

        var failure = await FailAsync(() =>
            new SegmentService.SegmentServiceClient(front.Channel)
                .CompareSegmentsAsync(
                    new() { Segments = { Enumerable.Repeat(choice, count) } },
                    cancellationToken: Token
                )
                .ResponseAsync
        );

        Assert.Equal((StatusCode.InvalidArgument, field), (failure.Code, failure.Fields.Single()));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_tells_two_segments_apart_is_told_with_shares_and_interval()
    {
        await using var front = await Front.StartAsync();
        await PutAsync(front, "trials", "plan = trial");
        front.Backend.OnContrast = query =>
            new(
                10,
                40,
                [
                    new(new(Core.Segments.TraitKind.EventType, "login"), 5, 4, new(0.4, 0.1, 0.7)),
                    new(new(Core.Segments.TraitKind.Feature, "reports"), 0, 40, new(-1, -1, -0.6)),
                    new(new(Core.Segments.TraitKind.Attribute, "plan", "pro"), 10, 0, new(1, 0.6, 1)),
                ],
                LookedAt: 77,
                Core.Time.Instant.From(Front.Now),
                "engagement",
                4
            );
        var client = new SegmentService.SegmentServiceClient(front.Channel);

        var answer = await client.ContrastSegmentsAsync(
            new()
            {
                Segment = new SegmentChoice { Segment = "trials" },
                Other = new SegmentChoice { Filter = "country = NZ" },
            },
            cancellationToken: Token
        );

        Assert.Equal((10, 40, 77), (answer.CustomerCount, answer.OtherCustomerCount, answer.TraitCount));
        Assert.Equal(["login", "", ""], answer.Traits.Select(t => t.EventType));
        Assert.Equal("reports", answer.Traits[1].Feature);
        Assert.Equal(("plan", "pro"), (answer.Traits[2].Attribute.Key, answer.Traits[2].Attribute.Value));
        var first = answer.Traits[0];
        Assert.Equal((5, 4, 0.5, 0.1), (first.HolderCount, first.OtherHolderCount, first.Share, first.OtherShare));
        Assert.Equal((0.4, 0.1, 0.7), (first.Difference, first.LowerBound, first.UpperBound));
        Assert.Equal(20, front.Backend.ContrastQuery!.Most);

        var missing = await FailAsync(() =>
            client.ContrastSegmentsAsync(new() { Segment = new() }, cancellationToken: Token).ResponseAsync
        );
        Assert.Equal(["other"], missing.Fields);
        var wrong = await FailAsync(() =>
            client
                .ContrastSegmentsAsync(
                    new()
                    {
                        Segment = new() { Filter = "plan ==" },
                        Other = new(),
                    },
                    cancellationToken: Token
                )
                .ResponseAsync
        );
        Assert.Equal(["segment.filter"], wrong.Fields);
    }

    [Fact]
    public async Task A_segment_is_told_by_the_values_of_attributes()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnGroup = query =>
            new(
                [Group(["pro", ""], 6)],
                Group([], 2),
                OtherGroups: 3,
                Customers: 8,
                AheadCustomers: 1,
                Core.Time.Instant.From(Front.Now),
                "engagement",
                4
            );

        var answer = await new SegmentService.SegmentServiceClient(front.Channel).GroupSegmentStatsAsync(
            new() { By = { "plan", "attributes.score" }, Filter = "country = NZ" },
            cancellationToken: Token
        );

        Assert.Equal(["plan", "score"], front.Backend.GroupQuery!.By);
        Assert.Equal(20, front.Backend.GroupQuery.Most);
        Assert.Equal(["pro", ""], answer.Groups.Single().Values);
        Assert.Equal((0.75, 30), (answer.Groups[0].Share, answer.Groups[0].Mean));
        Assert.Equal(
            (2, 3, 8, 1),
            (answer.Other.CustomerCount, answer.OtherGroupCount, answer.CustomerCount, answer.AheadCustomerCount)
        );

        static Core.Segments.SegmentGroup Group(string[] values, long customers) =>
            new(values, customers, 30, 3, 20, 40, [], [], new(50, 25, 25), 1);
    }

    [Theory]
    [InlineData("by", "must be the keys of 1 to 2 attributes", 0)]
    [InlineData("by", "must be the keys of 1 to 2 attributes", 0, "a", "b", "c")]
    [InlineData("by[1]", "must be the key of an attribute of customers", 0, "plan", "no key")]
    [InlineData("by[0]", "attributes.score where the key is that of a field", 0, "score")]
    [InlineData("by[0]", "must be the key of an attribute of customers", 0, "account.industry")]
    [InlineData("group_count", "must be 1 to 1,000, or 0 for 20", 1_001, "plan")]
    public async Task What_cannot_be_grouped_is_refused_with_the_field(
        string field,
        string message,
        int count,
        params string[] by
    )
    {
        await using var front = await Front.StartAsync();
        var failure = await FailAsync(() =>
            new SegmentService.SegmentServiceClient(front.Channel)
                .GroupSegmentStatsAsync(new() { By = { by }, GroupCount = count }, cancellationToken: Token)
                .ResponseAsync
        );
        Assert.Equal((StatusCode.InvalidArgument, field), (failure.Code, failure.Fields.Single()));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in_segment(trails)", "", "filter")]
    [InlineData("", "trails", "segment")]
    public async Task Unknown_segment_in_a_question_is_named_with_the_nearest(
        string filter,
        string segment,
        string field
    )
    {
        await using var front = await Front.StartAsync();
        await PutAsync(front, "trials", "plan = trial");

        var failure = await front.FailAsync<GetSegmentStatsRequest, SegmentStats>(
            "GetSegmentStats",
            new() { Filter = filter, Segment = segment }
        );

        Assert.Equal((StatusCode.InvalidArgument, field), (failure.Code, failure.Fields.Single()));
        Assert.Contains("The nearest known: trials.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_in_the_audit_log_and_need_the_role_model()
    {
        await using var front = await GuardedFront.StartAsync();
        var reader = new SegmentService.SegmentServiceClient(
            front.Invoker((await front.CreateAsync("read@default")).Secret)
        );
        var editor = new SegmentService.SegmentServiceClient(
            front.Invoker((await front.CreateAsync("model@default")).Secret)
        );
        var segment = new Segment { Name = "trials", Filter = "plan = trial" };

        var refused = await GuardedFront.FailAsync(() =>
            reader.PutSegmentAsync(new() { Segment = segment }, cancellationToken: Token).ResponseAsync
        );
        var put = await editor.PutSegmentAsync(new() { Segment = segment }, cancellationToken: Token);
        await editor.DeleteSegmentAsync(new() { Name = "trials" }, cancellationToken: Token);

        Assert.Equal(StatusCode.PermissionDenied, refused.Code);
        Assert.StartsWith("key ", put.Author, StringComparison.Ordinal);
        var entries = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries;
        Assert.Equal(
            [("DeleteSegment", "trials", ""), ("PutSegment", "trials", "plan = trial")],
            entries.Take(2).Select(entry => (entry.Method, entry.Target, entry.Detail))
        );
    }

    [Fact]
    public async Task Two_who_change_segments_at_once_both_succeed()
    {
        var documents = new FakeDocuments();
        await using var front = await Front.StartAsync(documents: documents);
        var others = 0;
        documents.BeforePut = async name =>
        {
            if (name.StartsWith("segments-", StringComparison.Ordinal) && others++ == 0)
            {
                await PutAsync(front, "b", "plan = b");
            }
        };

        await PutAsync(front, "a", "plan = a");

        var segments = new SegmentService.SegmentServiceClient(front.Channel);
        var all = await segments.ListSegmentsAsync(new(), cancellationToken: Token);
        Assert.Equal(["a", "b"], all.Segments.Select(segment => segment.Name));
        Assert.Equal(2, documents.Announcements);
    }

    private static async Task<Segment> PutAsync(
        Front front,
        string name,
        string filter,
        string description = "",
        string etag = ""
    )
    {
        var segment = new Segment
        {
            Name = name,
            Filter = filter,
            Description = description,
            Etag = etag,
        };
        return await new SegmentService.SegmentServiceClient(front.Channel).PutSegmentAsync(
            new() { Segment = segment },
            cancellationToken: Token
        );
    }

    private static async Task<CallFailure> FailAsync(Func<Task> call) =>
        CallFailure.Of(await Assert.ThrowsAsync<RpcException>(call));
}
