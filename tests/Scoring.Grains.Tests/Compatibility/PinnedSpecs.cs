using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;

namespace Scoring.Grains.Tests.Compatibility;

/// <summary>
/// While a cluster is updated, silos of two versions speak to each other, and other applications speak to both. What they must agree about is
/// pinned in files beside this one: a change there is a change for every cluster in use, and only lines that are added are harmless.
/// </summary>
public sealed class PinnedSpecs
{
    private static readonly Type[] Types =
    [
        .. new[] { typeof(ICustomerGrain).Assembly, typeof(GrainOptions).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("Scoring.Grains", StringComparison.Ordinal) == true),
    ];

    [Fact]
    public void Names_and_ids_of_everything_that_is_sent_are_the_pinned_ones() =>
        Pinned.AssertSame("sent.txt", [.. Grains(), .. Calls(), .. Messages(), .. Converters(), .. Enums()]);

    [Fact]
    public void Commands_go_between_silos_in_the_pinned_form() =>
        Pinned.AssertSame("commands.txt", [Convert.ToHexString(WriteMessageForms.Example)]);

    [Fact]
    public void The_pinned_form_of_commands_is_read()
    {
        var read = WriteMessageForms.Read(Convert.FromHexString(Assert.Single(Pinned.Lines("commands.txt"))));

        Assert.Equal(("w", CommandKind.RecordEvents), (read.Workspace, read.Kind));
        Assert.Equal([3, 200], read.Parts.Select(part => part.Partition));
        Assert.Equal(["first", ""], read.Parts.Select(part => Encoding.UTF8.GetString(part.Payload.Written)));
    }

    [Fact]
    public void Types_of_the_domain_go_over_the_wire_in_the_pinned_form() =>
        Pinned.AssertSame(
            "domain.txt",
            DomainForms.Types.Select(type =>
                $"{type.FullName} {Convert.ToHexString(DomainForms.Write(DomainForms.ExampleOf(type)))}"
            )
        );

    [Fact]
    public void The_pinned_form_of_a_type_of_the_domain_is_read_with_every_field()
    {
        foreach (var type in DomainForms.Types)
        {
            var read = DomainForms.Read(Convert.FromHexString(FormOf(type)));

            Assert.Equivalent(DomainForms.ExampleOf(type), read, strict: true);
            Assert.Equal(FormOf(type), Convert.ToHexString(DomainForms.Write(read)));
        }
    }

    [Fact]
    public void A_field_that_a_newer_version_sends_is_skipped()
    {
        // A text, under the id behind the last one.
        const string Field = "410D746578742039";
        const string End = "E0";
        foreach (var form in Pinned.Lines("domain.txt").Select(line => line.Split(' ')[1]))
        {
            var read = DomainForms.Read(Convert.FromHexString(form[..^End.Length] + Field + End));

            Assert.Equal(form, Convert.ToHexString(DomainForms.Write(read)));
        }
    }

    [Fact]
    public void A_property_under_another_name_is_skipped_and_one_that_is_not_sent_is_not_required()
    {
        var names = 0;
        foreach (
            var form in DomainForms.Types.Select(type => Encoding.Latin1.GetString(Convert.FromHexString(FormOf(type))))
        )
        {
            foreach (Match name in Regex.Matches(form, "\"[A-Za-z]+\":", RegexOptions.NonBacktracking))
            {
                var other = $"\"{new string('x', name.Length - 3)}\":";

                var read = DomainForms.Read(Encoding.Latin1.GetBytes(form.Replace(name.Value, other, default)));

                Assert.DoesNotContain(other, Encoding.Latin1.GetString(DomainForms.Write(read)), default);
                names++;
            }
        }
        Assert.True(names > 0);
    }

    [Fact]
    public void Parts_of_a_score_of_every_kind_come_as_they_were_sent()
    {
        Term[] terms =
        [
            new EventTerm("visit", 7, Measure.Value, 2, 3),
            new FeatureTerm(["export"], FeatureMeasure.Distinct, 30, 2),
            new AttributeTerm("seats", [], [new(5, 1)], 2) { Dimension = "fit" },
            new RecencyTerm([], 7, 2),
            new RecencyTerm([new(0, 1)], 0, 2) { EventType = "visit" },
            new ActiveDaysTerm(14, 2, 5),
        ];
        var score = (CustomerScore)DomainForms.ExampleOf(typeof(CustomerScore)) with
        {
            Contributions = [.. terms.Select(term => new Contribution(term, 0.1, 0.2, Capped: true))],
        };

        var read = (CustomerScore)DomainForms.Read(DomainForms.Write(score));

        Assert.Equivalent(score, read, strict: true);
        Assert.Equal(terms.Select(term => term.GetType()), read.Contributions.Select(part => part.Term.GetType()));
    }

    [Fact]
    public void What_is_sent_as_JSON_is_handed_on_within_a_silo_as_it_is()
    {
        var statistics = DomainForms.ExampleOf(typeof(SegmentStatistics));
        var question = DomainForms.ExampleOf(typeof(SegmentQuestion));

        Assert.Same(statistics, DomainForms.HandOn(statistics));
        Assert.Same(question, DomainForms.HandOn(question));
    }

    [Fact]
    public void A_list_that_an_older_version_does_not_send_is_empty()
    {
        var sent = FormOf(typeof(WriteResult));
        var nothing = sent.Split(Convert.ToHexString("Scoring.Core"u8))[^1];

        var read = (WriteResult)DomainForms.Read(Convert.FromHexString(sent[..^nothing.Length] + "E0"));

        Assert.Empty(read.Rejections);
    }

    [Theory]
    [InlineData("""{"Clauses":[]}""", "")]
    [InlineData("""{"Clauses":[{"Key":"plan","Value":"pro"},{"Key":"size","Value":"1"}]}""", "plan = pro AND size = 1")]
    public void A_filter_of_an_older_version_is_read(string sent, string filter)
    {
        var read = JsonSerializer.Deserialize<Filter>(sent)!;

        Assert.Equivalent(Filter.Parse(filter).Clauses, read.Clauses, strict: true);
        Assert.Equal(filter.Length > 0 ? 2 : 0, read.Condition.Tests().Count());
    }

    private static string FormOf(Type type) =>
        Pinned.Lines("domain.txt").Single(line => line.StartsWith($"{type.FullName} ", default)).Split(' ')[1];

    private static IEnumerable<string> Grains() =>
        Types
            .Where(type => typeof(Grain).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => $"grain {GrainTypeOf(type)}");

    private static string GrainTypeOf(Type type) =>
        type.GetCustomAttributesData()
            .Single(attribute => attribute.AttributeType == typeof(GrainTypeAttribute))
            .ConstructorArguments[0]
            .Value!.ToString()!;

    private static IEnumerable<string> Calls() =>
        Types
            .Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type))
            .SelectMany(type =>
                type.GetMethods()
                    .Select(method =>
                        $"call {AliasOf(type)}.{AliasOf(method)}"
                        + $"({string.Join(", ", method.GetParameters().Select(p => Words(p.ParameterType)))})"
                        + $" -> {Words(method.ReturnType)}"
                    )
            );

    private static IEnumerable<string> Messages() =>
        Types
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute)))
            .SelectMany(type =>
                (IEnumerable<string>)
                    [
                        $"message {AliasOf(type)}",
                        .. Members(type)
                            .Select(member =>
                                $"message {AliasOf(type)} {member.Id}: {member.Name} {Words(member.Type)}"
                            ),
                    ]
            );

    private static IEnumerable<(uint Id, string Name, Type Type)> Members(Type type)
    {
        const BindingFlags All =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var fields = type.GetFields(All).Select(field => ((MemberInfo)field, field.FieldType));
        var properties = type.GetProperties(All).Select(property => ((MemberInfo)property, property.PropertyType));
        return
        [
            .. fields
                .Concat(properties)
                .Where(member => member.Item1.IsDefined(typeof(IdAttribute)))
                .Select(member => (member.Item1.GetCustomAttribute<IdAttribute>()!.Id, member.Item1.Name, member.Item2))
                .OrderBy(member => member.Id),
        ];
    }

    private static IEnumerable<string> Converters() =>
        Types
            .Where(type => type.IsDefined(typeof(RegisterConverterAttribute)))
            .SelectMany(type => type.GetInterfaces())
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConverter<,>))
            .Select(type => type.GetGenericArguments())
            .Select(pair => $"{pair[0].FullName} is sent as {AliasOf(pair[1])}");

    /// <summary>Values go over the wire by number.</summary>
    private static IEnumerable<string> Enums() =>
        DomainForms
            .Types.SelectMany(PartsOf)
            .Concat(Types)
            .Where(type => type.IsEnum)
            .Distinct()
            .SelectMany(type =>
                Enum.GetValues(type)
                    .Cast<object>()
                    .Select(value => $"value {type.Name}.{value} = {Convert.ToInt64(value, null)}")
            );

    private static IEnumerable<Type> PartsOf(Type type) =>
        type.IsGenericType ? type.GenericTypeArguments.SelectMany(PartsOf)
        : type.Namespace!.StartsWith("Scoring.", StringComparison.Ordinal)
            ?
            [
                type,
                .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .SelectMany(property => PartsOf(property.PropertyType)),
                .. type == typeof(Term) ? type.Assembly.GetTypes().Where(type.IsAssignableFrom).SelectMany(KindOf) : [],
            ]
        : [];

    private static IEnumerable<Type> KindOf(Type term) => term == typeof(Term) ? [] : PartsOf(term);

    private static string AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()!.Alias;

    private static string Words(Type type)
    {
        if (type.IsArray)
        {
            return $"{Words(type.GetElementType()!)}[]";
        }
        if (!type.IsGenericType)
        {
            return type.Name;
        }
        var text = new StringBuilder(type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]);
        return text.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(Words)).Append('>').ToString();
    }
}
