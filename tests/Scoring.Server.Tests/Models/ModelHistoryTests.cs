using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Server.Tests.Access;

namespace Scoring.Server.Tests.Models;

/// <summary>The versions of a model: who put each and why, going back to one, and deleting a model.</summary>
public sealed class ModelHistoryTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_is_put_with_who_does_so_and_why()
    {
        await using var front = await GuardedFront.StartAsync();
        var key = await front.CreateAsync("model@default");
        ScoringModel? stored = null;
        front.Front.Backend.OnPut = model => stored = model with { Version = 5 };

        var answer = await front
            .Models(key.Secret)
            .PutScoringModelAsync(
                new() { Model = ModelMessagesOf(4), ChangeNote = "Purchases count twice." },
                cancellationToken: Token
            );

        var author = $"key {key.Key.KeyId} (crm)";
        Assert.Equal(new ModelChange(author, "Purchases count twice."), stored!.Change);
        Assert.Equal((author, "Purchases count twice."), (answer.Author, answer.ChangeNote));
        var entry = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries[0];
        Assert.Equal("etag \"v4\": Purchases count twice.", entry.Detail);
    }

    [Fact]
    public async Task What_the_server_sets_of_a_model_is_not_taken_from_who_puts_it()
    {
        await using var front = await Front.StartAsync();
        var model = ModelMessagesOf(4);
        (model.Author, model.ChangeNote, model.Version) = ("somebody", "something", 77);

        var answer = await front.CallAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Model = model }
        );

        Assert.Equal(("anonymous", "", 5), (answer.Author, answer.ChangeNote, answer.Version));
    }

    [Fact]
    public async Task Faults_of_the_model_and_of_the_note_are_told_at_once_and_nothing_is_put()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnPut = _ => throw new InvalidOperationException("must not be called");
        var model = ModelMessagesOf(4);
        model.TargetPoints = -1;
        model.Bands.Clear();

        var failure = await front.FailAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Model = model, ChangeNote = new string('x', Limits.ChangeNoteBytes + 1) }
        );

        Assert.Equal(["change_note", "model.bands", "model.target_points"], failure.Fields.Order());
    }

    [Fact]
    public async Task A_version_is_given_with_what_it_was()
    {
        await using var front = await WithVersionsAsync();

        var second = await GetAsync(front, "engagement", 2);
        var current = await GetAsync(front, "", 0);

        Assert.Equal((2, 2.0, "Ada", "note 2", "v2"), Shown(second));
        Assert.Equal((3, 3.0, "Ada", "note 3", "v3"), Shown(current));

        static (int, double, string, string, string) Shown(V1.ScoringModel model) =>
            (model.Version, model.Terms[0].Weight, model.Author, model.ChangeNote, model.Etag);
    }

    [Theory]
    [InlineData("engagement", 4, "MODEL_VERSION_NOT_FOUND", "there are 1 to 3.")]
    [InlineData("engagment", 2, "MODEL_NOT_FOUND", "The nearest known: engagement.")]
    public async Task A_version_that_is_none_is_not_found(string name, int version, string reason, string told)
    {
        await using var front = await WithVersionsAsync();

        var failure = await front.FailAsync<V1.GetScoringModelRequest, V1.ScoringModel>(
            "GetScoringModel",
            new() { Name = name, Version = version }
        );

        Assert.Equal((StatusCode.NotFound, reason), (failure.Code, failure.Reason));
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_are_listed_page_by_page_from_the_newest_on()
    {
        await using var front = await WithVersionsAsync();
        front.Backend.FormerModels.AddRange(Enumerable.Range(4, 8).Select(Version));
        var (found, token) = (new List<int>(), "");
        do
        {
            var page = await front.CallAsync<V1.ListScoringModelVersionsRequest, V1.ListScoringModelVersionsResponse>(
                "ListScoringModelVersions",
                new() { PageSize = 4, PageToken = token }
            );
            Assert.InRange(page.Versions.Count, 1, 4);
            found.AddRange(page.Versions.Select(model => model.Version));
            token = page.NextPageToken;
        } while (token.Length > 0);

        Assert.Equal(Enumerable.Range(1, 11).Reverse(), found);
    }

    [Fact]
    public async Task Going_back_puts_the_earlier_version_once_more_with_a_note_of_its_own()
    {
        await using var front = await WithVersionsAsync();
        ScoringModel? put = null;
        front.Backend.OnPut = model => (put = model) with { Version = 4 };

        var answer = await front.CallAsync<V1.RollbackScoringModelRequest, V1.ScoringModel>(
            "RollbackScoringModel",
            new()
            {
                Name = "engagement",
                Version = 1,
                Etag = "v3",
                ChangeNote = "Sales asked for it.",
            }
        );

        Assert.Equal(3, put!.Version);
        Assert.Equal((4, 1.0, "Sales asked for it."), (answer.Version, answer.Terms[0].Weight, answer.ChangeNote));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_shadow_is_adopted_as_the_next_version_of_a_model_and_deleted_unless_it_is_to_stay(bool keep)
    {
        await using var front = await GuardedFront.StartAsync();
        front.Front.Backend.Models.AddRange([Version(3), Shadow]);
        ScoringModel? put = null;
        front.Front.Backend.OnPut = model => (put = model) with { Version = 4 };
        var deleted = new List<(string, int)>();
        front.Front.Backend.OnDelete = (name, version) =>
        {
            Assert.NotNull(put);
            deleted.Add((name, version));
            return version;
        };

        var answer = await front
            .Models("")
            .AdoptScoringModelAsync(
                new()
                {
                    Name = "engagement",
                    Shadow = "next",
                    Etag = "v3",
                    ChangeNote = "It tells who leaves.",
                    KeepShadow = keep,
                },
                cancellationToken: Token
            );

        Assert.Equal(("engagement", 3, 7.0), (put!.Name, put.Version, put.Terms[0].Weight));
        Assert.Equal(("engagement", 4, "It tells who leaves."), (answer.Name, answer.Version, answer.ChangeNote));
        Assert.Equal(keep ? [] : [("next", 7)], deleted);
        var entries = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries;
        Assert.Contains(entries, entry => entry.Detail == "equals next@7, etag \"v3\": It tells who leaves.");
        Assert.Equal(!keep, entries.Any(entry => (entry.Target, entry.Detail) == ("next", "adopted by engagement")));
    }

    [Fact]
    public async Task A_shadow_that_was_changed_meanwhile_stays()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Models.AddRange([Version(3), Shadow]);
        front.Backend.OnPut = model => model with { Version = 4 };
        front.Backend.OnDelete = (_, _) => throw new ScoringException(ScoringError.ModelVersionConflict, "Changed.");

        var answer = await AdoptAsync(front, "engagement", "next");

        Assert.Equal(4, answer.Version);
    }

    [Fact]
    public async Task A_shadow_is_another_model_that_there_is_and_is_not_deleted_where_reads_need_it()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Models.AddRange([Version(3), Shadow]);
        front.Backend.OnPut = _ => throw new InvalidOperationException("must not be called");

        var none = await FailToAdoptAsync(front, new() { Name = "engagement", Shadow = "nxt" });
        var same = await FailToAdoptAsync(front, new() { Name = "next", Shadow = "next" });
        var needed = await FailToAdoptAsync(front, new() { Name = "next", Shadow = "engagement" });
        var faults = await FailToAdoptAsync(
            front,
            new()
            {
                ShadowVersion = -1,
                Etag = "3",
                ChangeNote = "\u0007",
            }
        );

        Assert.Equal((StatusCode.NotFound, "MODEL_NOT_FOUND"), (none.Code, none.Reason));
        Assert.Contains("The nearest known: next.", none.Message, StringComparison.Ordinal);
        Assert.Equal((StatusCode.InvalidArgument, "shadow"), (same.Code, Assert.Single(same.Fields)));
        Assert.Equal((StatusCode.FailedPrecondition, "MODEL_IN_USE"), (needed.Code, needed.Reason));
        Assert.Equal(["change_note", "etag", "name", "shadow", "shadow_version"], faults.Fields.Order());

        static Task<CallFailure> FailToAdoptAsync(Front front, V1.AdoptScoringModelRequest request) =>
            front.FailAsync<V1.AdoptScoringModelRequest, V1.ScoringModel>("AdoptScoringModel", request);
    }

    [Fact]
    public async Task Every_fault_of_a_request_to_go_back_or_to_delete_is_named()
    {
        await using var front = await WithVersionsAsync();

        var back = await front.FailAsync<V1.RollbackScoringModelRequest, V1.ScoringModel>(
            "RollbackScoringModel",
            new() { Etag = "latest", ChangeNote = "\u0007" }
        );
        var delete = await front.FailAsync<V1.DeleteScoringModelRequest, V1.DeleteScoringModelResponse>(
            "DeleteScoringModel",
            new() { Etag = "3", ChangeNote = "\u0007" }
        );

        Assert.Equal(["change_note", "etag", "name", "version"], back.Fields.Order());
        Assert.Equal(["change_note", "etag", "name"], delete.Fields.Order());
    }

    [Fact]
    public async Task A_model_is_deleted_as_of_the_etag_and_noted_with_who_did_it_and_why()
    {
        await using var front = await GuardedFront.StartAsync();
        (string, int) deleted = default;
        front.Front.Backend.OnDelete = (name, version) =>
        {
            deleted = (name, version);
            return version;
        };

        await front
            .Models("")
            .DeleteScoringModelAsync(
                new()
                {
                    Name = "churn",
                    Etag = "v7",
                    ChangeNote = "Nobody reads it.",
                },
                cancellationToken: Token
            );

        Assert.Equal(("churn", 7), deleted);
        var entry = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries[0];
        Assert.Equal(
            ("DeleteScoringModel", "churn", "etag \"v7\": Nobody reads it."),
            (entry.Method, entry.Target, entry.Detail)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("/workspaces/default")]
    public async Task Versions_have_routes(string workspace)
    {
        await using var front = await WithVersionsAsync();
        front.Backend.OnPut = model => model with { Version = 4 };
        var path = $"/v1{workspace}/models/engagement";

        var one = await front.Http.GetFromJsonAsync<JsonElement>(path + "?version=2", Token);
        var all = await front.Http.GetFromJsonAsync<JsonElement>(path + "/versions?pageSize=2", Token);
        using var back = await front.Http.PostAsJsonAsync(path + ":rollback", new { version = 1, etag = "v3" }, Token);
        using var adopted = await front.Http.PostAsJsonAsync(path + ":adopt", new { shadow = "next" }, Token);
        using var delete = await front.Http.DeleteAsync(path + "?etag=v3&changeNote=gone", Token);

        Assert.Equal("note 2", one.GetProperty("changeNote").GetString());
        Assert.Equal(2, all.GetProperty("versions").GetArrayLength());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (back.StatusCode, delete.StatusCode));
        Assert.Equal(HttpStatusCode.OK, adopted.StatusCode);
        var model = await back.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(4, model.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Every_read_of_scores_names_the_version_that_it_is_to_be_answered_by()
    {
        await using var front = await Front.StartAsync();
        var (model, version) = ("churn", 3);
        front.Backend.OnSegment = _ => throw new ScoringException(ScoringError.ModelNotFound, "There is none.");
        front.Backend.OnAccount = _ => throw new ScoringException(ScoringError.ModelNotFound, "There is none.");

        await front.FailAsync<V1.GetScoreRequest, V1.CustomerScore>(
            "GetScore",
            new()
            {
                CustomerId = "ada",
                Model = model,
                ModelVersion = version,
            }
        );
        Assert.Equal("churn@3", front.Backend.ScoreQuery!.Model);
        await front.CallAsync<V1.BatchGetScoresRequest, V1.BatchGetScoresResponse>(
            "BatchGetScores",
            new() { CustomerIds = { "ada", "bob" }, ModelVersion = version }
        );
        Assert.Equal("@3", front.Backend.ScoreQuery!.Model);
        await front.FailAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>(
            "GetSegmentStats",
            new() { Model = model, ModelVersion = version }
        );
        Assert.Equal("churn@3", front.Backend.SegmentQuery!.Model);
        await front.FailAsync<V1.GetAccountHealthRequest, V1.AccountHealth>(
            "GetAccountHealth",
            new()
            {
                AccountId = "acme",
                Model = model,
                ModelVersion = version,
            }
        );
        Assert.Equal("churn@3", front.Backend.AccountQuery!.Model);
    }

    [Theory]
    [InlineData("churn@3", 0, "model")]
    [InlineData("churn", -1, "model_version")]
    public async Task A_version_is_named_by_its_own_field(string model, int version, string field)
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>(
            "GetSegmentStats",
            new() { Model = model, ModelVersion = version }
        );

        Assert.Equal((StatusCode.InvalidArgument, field), (failure.Code, Assert.Single(failure.Fields)));
    }

    private static ScoringModel Shadow => Version(7) with { Name = "next" };

    private static Task<V1.ScoringModel> AdoptAsync(Front front, string name, string shadow) =>
        front.CallAsync<V1.AdoptScoringModelRequest, V1.ScoringModel>(
            "AdoptScoringModel",
            new() { Name = name, Shadow = shadow }
        );

    private static async Task<Front> WithVersionsAsync()
    {
        var front = await Front.StartAsync();
        front.Backend.Models.AddRange([Version(3), Shadow]);
        front.Backend.FormerModels.AddRange([Version(1), Version(2)]);
        return front;
    }

    private static Task<V1.ScoringModel> GetAsync(Front front, string name, int version) =>
        front.CallAsync<V1.GetScoringModelRequest, V1.ScoringModel>(
            "GetScoringModel",
            new() { Name = name, Version = version }
        );

    private static V1.ScoringModel ModelMessagesOf(int version) =>
        Server.Models.ModelMessages.ToProto(Version(version));

    private static ScoringModel Version(int version) =>
        new()
        {
            Name = "engagement",
            Version = version,
            Terms = [new EventTerm("purchase", 7, Measure.Count, version)],
            TargetPoints = 10,
            Bands = [new Band("all", "", Engagement.Engaged, null, false)],
            Change = new("Ada", $"note {version}"),
        };
}
