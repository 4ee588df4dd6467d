using System.Diagnostics;
using Google.Protobuf.Collections;
using Grpc.Core;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Simulation;

/// <summary>Puts a simulated population into a server: accounts, customers, then their events through one stream.</summary>
internal sealed class PopulationRecorder(ScoringClient client, string workspace)
{
    private const int UpsertsPerCall = 1_000;

    // After Ctrl-C: long enough for what is under way to be acknowledged, short enough for somebody who wants to go.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Makes accounts and customers known and records their events; all of them are acknowledged when it ends.</summary>
    /// <param name="population">The population, which has not lived yet.</param>
    /// <param name="console">Shows how far it has come.</param>
    /// <param name="title">What is recorded, for people.</param>
    /// <param name="cancellationToken">Stops; what has been sent is still acknowledged.</param>
    /// <exception cref="CommandFailedException">The server refused an account or a customer.</exception>
    public async Task<RecordingSummary> RecordAsync(
        SimulatedPopulation population,
        IAnsiConsole console,
        string title,
        CancellationToken cancellationToken
    )
    {
        await UpsertAsync(population, cancellationToken);
        return await ProgressDisplay.RunAsync(
            console,
            addBar => RecordAsync(population.Live(), addBar(title, population.EventEstimate), cancellationToken)
        );
    }

    private async Task<RecordingSummary> RecordAsync(
        IEnumerable<Event> events,
        ProgressBar bar,
        CancellationToken cancellationToken
    )
    {
        var acknowledged = 0L;
        string? firstRejection = null;
        using var abort = new CancellationTokenSource();
        await using var stopping = cancellationToken.Register(() => abort.CancelAfter(StopTimeout));
        var options = new EventSenderOptions
        {
            Abort = abort.Token,
            Workspace = workspace,
            MaxBatchesInFlight = 16,
            OnAnswer = answer =>
            {
                acknowledged += answer.Events.Count;
                firstRejection ??= answer.Answer.Rejections.FirstOrDefault()?.Message;
                bar.Report(acknowledged);
            },
        };
        var watch = Stopwatch.StartNew();
        await using var sender = new EventSender(client, options);
        try
        {
            await SendAsync(sender, events, cancellationToken);
            await sender.FlushAsync(CancellationToken.None);
        }
        catch (RpcException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("What was under way could not be acknowledged.", e, cancellationToken);
        }

        bar.Complete();
        return new RecordingSummary(sender.Totals, watch.Elapsed, firstRejection);
    }

    /// <summary>Makes accounts and customers known.</summary>
    private async Task UpsertAsync(SimulatedPopulation population, CancellationToken cancellationToken)
    {
        foreach (var part in population.ToAccounts().Chunk(UpsertsPerCall))
        {
            var request = new UpsertAccountsRequest { Workspace = workspace, Accounts = { part } };
            Check((await client.Scoring.UpsertAccountsAsync(request, cancellationToken: cancellationToken)).Rejections);
        }

        foreach (var part in population.Customers.Select(customer => customer.ToCustomer()).Chunk(UpsertsPerCall))
        {
            var request = new UpsertCustomersRequest { Workspace = workspace, Customers = { part } };
            Check(
                (await client.Scoring.UpsertCustomersAsync(request, cancellationToken: cancellationToken)).Rejections
            );
        }
    }

    /// <summary>Sends until the events end or the user stops: stopping is no failure, what was taken is flushed and told.</summary>
    private static async Task SendAsync(
        EventSender sender,
        IEnumerable<Event> events,
        CancellationToken cancellationToken
    )
    {
        try
        {
            foreach (var item in events)
            {
                await sender.SendAsync(item, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told by the totals.
        }
    }

    private static void Check(RepeatedField<Rejection> rejections)
    {
        if (rejections.Count > 0)
        {
            throw new CommandFailedException(
                $"the server refused {rejections.Count} elements, first: {rejections[0].Message}"
            );
        }
    }
}

/// <summary>What a recording came to.</summary>
/// <param name="Totals">What became of the events.</param>
/// <param name="Elapsed">From the first event to the last acknowledgement.</param>
/// <param name="FirstRejection">Why the server refused the first event it refused; null when it took all.</param>
internal sealed record RecordingSummary(EventTotals Totals, TimeSpan Elapsed, string? FirstRejection)
{
    /// <summary>Acknowledged events per second.</summary>
    public double Rate => (Totals.Sent - Totals.Pending) / Math.Max(Elapsed.TotalSeconds, 1e-3);
}
